import type { Partition, StoredDocument } from '../ports/index.ts'
import { type NotesServices, notesRecord } from './notes-record.ts'
import type { RebuildStatus } from './operations.ts'

/** How far a rebuild was, and since when it is there, in milliseconds since the epoch. */
interface Note {
  readonly progress: string
  readonly since: number
}

/** No projection can be called so. */
const MODEL = 'watched:rebuilds'

/**
 * Finds rebuilds that nobody works on, however seldom it looks and whichever process does: how far each was is noted in the store,
 * with the time.
 *
 * 1. One that has not moved since a note that is old enough has stalled. It is told again after as long a while.
 *    A note of a clock that is ahead as far counts like an old one: it would hide the rebuild until its time has come.
 * 2. Who looks while another does finds nothing: that one does.
 */
export class RebuildWatch {
  readonly #services: NotesServices

  constructor(services: NotesServices) {
    this.#services = services
  }

  /**
   * Looks once.
   *
   * @param patience how long a rebuild may stand still, in milliseconds
   * @returns the projections whose rebuilds have stalled
   */
  async look(rebuilds: readonly RebuildStatus[], patience: number): Promise<string[]> {
    if (rebuilds.length === 0) return []
    const record = await notesRecord(MODEL, 1, this.#services)
    const names = rebuilds.map(({ projection }) => projection)
    const stored = await this.#services.readModels.load(record, names)
    const notes = new Map(stored.map(({ id, body }) => [id, JSON.parse(body ?? '{}') as Partial<Note>]))
    const moved = rebuilds.filter((each) => notes.get(each.projection)?.progress !== progressOf(each))
    const stalled = rebuilds.filter(
      (each) => !moved.includes(each) && each.state === 'running' && this.#isOld(notes.get(each.projection), patience),
    )
    const isNoted = await this.#note({ ...record, partition: 0 }, [...moved, ...stalled])
    return isNoted ? stalled.map(({ projection }) => projection) : []
  }

  #isOld(note: Partial<Note> | undefined, patience: number): boolean {
    return Math.abs(this.#services.now() - (note?.since ?? 0)) >= patience
  }

  async #note(place: Partition, rebuilds: readonly RebuildStatus[]): Promise<boolean> {
    if (rebuilds.length === 0) return true
    const { readModels, now } = this.#services
    const { lease } = await readModels.open(place)
    const documents = rebuilds.map((each) => documentOf(each, now()))
    const changes = { cursor: '', documents, waiting: [], settled: [] }
    return (await readModels.save(place, lease, changes)) === 'saved'
  }
}

/** One that waits for somebody moves when it goes on. */
function progressOf({ generation, state, done }: RebuildStatus): string {
  return `${generation}:${state === 'running' ? done : state}`
}

function documentOf(rebuild: RebuildStatus, since: number): StoredDocument {
  const { projection: id } = rebuild
  const note: Note = { progress: progressOf(rebuild), since }
  return { id, body: JSON.stringify(note), stream: id, version: 0 }
}
