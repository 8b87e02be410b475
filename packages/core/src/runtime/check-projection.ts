import type { AnyProjection } from '../definitions/index.ts'
import {
  type Clock,
  type Engine,
  type FeedPage,
  type Generation,
  type GenerationRecord,
  type ReadModelStore,
  type StoredDocument,
  silentLogger,
  type WaitingEvent,
} from '../ports/index.ts'
import { differences, type FieldDifference } from './differences.ts'
import { Discards } from './discards.ts'
import { fingerprintOf } from './fingerprint.ts'
import { ReadModel } from './read-model.ts'

/** How the documents that history gives now differ from those that are stored. */
export interface ProjectionReport {
  readonly name: string
  /**
   * `unchanged`: what is stored was folded by this definition, as far as can be told; `changed`: it will be folded anew
   * at the next start; `new`: nothing of it is stored.
   */
  readonly definition: 'unchanged' | 'changed' | 'new'
  /** How many documents history gives now. */
  readonly documents: number
  /** Documents that history gives and that are not stored, that are stored only, and that are not the same. */
  readonly missing: number
  readonly extra: number
  readonly different: number
  /** The first few of them. */
  readonly sample: readonly DocumentDifference[]
  /** Streams that would be parked, and are not. */
  readonly newlyParked: readonly ParkedStream[]
  /** Streams that are parked and would not be: their events may be what makes documents differ. */
  readonly noLongerParked: readonly string[]
}

export interface DocumentDifference {
  readonly id: string
  readonly kind: 'missing' | 'extra' | 'different'
  readonly fields: readonly FieldDifference[]
}

export interface ParkedStream {
  readonly stream: string
  readonly version: number
  readonly error: string
}

export interface ProjectionCheckServices {
  readonly engine: Engine
  readonly scratch: ReadModelStore
  readonly clock: Clock
}

const SAMPLES = 5
const DOCUMENTS_IN_A_PAGE = 500

/** Folds a projection anew, as far as the generation that serves has come, and compares the two. */
export class ProjectionCheck {
  readonly #projection: AnyProjection
  readonly #services: ProjectionCheckServices
  readonly #serving: GenerationRecord | undefined
  readonly #folded: ReadModel

  private constructor(
    projection: AnyProjection,
    services: ProjectionCheckServices,
    serving: GenerationRecord | undefined,
    folded: ReadModel,
  ) {
    this.#projection = projection
    this.#services = services
    this.#serving = serving
    this.#folded = folded
  }

  static async begin(projection: AnyProjection, services: ProjectionCheckServices): Promise<ProjectionCheck> {
    const { engine, scratch, clock } = services
    const { name, indexes } = projection
    const generations = await engine.readModels.generations(name)
    const made = await scratch.create({ name, fingerprint: fingerprintOf(projection), indexes }, clock.now())
    const discards = new Discards()
    discards.add(await engine.readModels.loadDiscarded(name))
    const engineOfFold = { ...engine, readModels: scratch }
    const folded = new ReadModel(projection, made, { engine: engineOfFold, clock, logger: silentLogger, discards })
    await folded.open()
    const serving = generations.find(({ state }) => state === 'serving')
    return new ProjectionCheck(projection, services, serving, folded)
  }

  async fold({ commits, cursor }: FeedPage): Promise<void> {
    const { events } = this.#services.engine
    const serving = this.#serving
    const due = serving ? commits.filter(({ position }) => events.covers(serving.cursor, position)) : commits
    if (due.length > 0) await this.#folded.fold(due, cursor)
  }

  async report(): Promise<ProjectionReport> {
    const comparison = await this.#compare()
    const [before, now] = [await this.#parkedBefore(), await this.#parkedNow()]
    return {
      name: this.#projection.name,
      definition: this.#definition(),
      ...comparison,
      newlyParked: [...now.values()].filter(({ stream }) => !before.has(stream)),
      noLongerParked: [...before.keys()].filter((stream) => !now.has(stream)),
    }
  }

  #definition(): ProjectionReport['definition'] {
    if (!this.#serving) return 'new'
    return this.#serving.fingerprint === fingerprintOf(this.#projection) ? 'unchanged' : 'changed'
  }

  async #compare(): Promise<Pick<ProjectionReport, 'documents' | 'missing' | 'extra' | 'different' | 'sample'>> {
    const { engine, scratch } = this.#services
    const serving = this.#serving
    const folded = this.#folded.generation
    const counts = { documents: 0, missing: 0, extra: 0, different: 0 }
    const sample: DocumentDifference[] = []
    const note = (difference: DocumentDifference) => {
      counts[difference.kind] += 1
      if (sample.length < SAMPLES) sample.push(difference)
    }
    for await (const page of pages(scratch, folded)) {
      counts.documents += page.length
      if (!serving) continue
      const stored = await bodies(engine.readModels, serving, page)
      for (const { id, body } of page) compare(id, stored.get(id), body, note)
    }
    if (!serving) return { ...counts, sample }
    for await (const page of pages(engine.readModels, serving)) {
      const known = await bodies(scratch, folded, page)
      for (const { id, body } of page) if (known.get(id) === undefined) compare(id, body, undefined, note)
    }
    return { ...counts, sample }
  }

  async #parkedBefore(): Promise<Map<string, ParkedStream>> {
    return this.#serving ? parked(await this.#services.engine.readModels.loadWaiting(this.#serving)) : new Map()
  }

  async #parkedNow(): Promise<Map<string, ParkedStream>> {
    return parked(await this.#services.scratch.loadWaiting(this.#folded.generation))
  }
}

function compare(
  id: string,
  stored: string | undefined,
  folded: string | undefined,
  note: (difference: DocumentDifference) => void,
): void {
  if (stored === folded) return
  if (stored === undefined) return note({ id, kind: 'missing', fields: [] })
  if (folded === undefined) return note({ id, kind: 'extra', fields: [] })
  // Text may differ in the order of fields only.
  const fields = differences(JSON.parse(stored), JSON.parse(folded))
  if (fields.length > 0) note({ id, kind: 'different', fields })
}

/** All live documents of a generation. */
async function* pages(store: ReadModelStore, generation: Generation): AsyncGenerator<readonly StoredDocument[]> {
  let after: { value: null; id: string } | undefined
  for (let more = true; more; ) {
    const page = await store.list(generation, { filters: [], sort: undefined, limit: DOCUMENTS_IN_A_PAGE, after })
    yield page.documents
    const last = page.documents.at(-1)
    after = last && { value: null, id: last.id }
    more = page.more
  }
}

/** By id; of documents that are not there, or were removed, nothing. */
async function bodies(
  store: ReadModelStore,
  generation: Generation,
  documents: readonly StoredDocument[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const ids = documents.map(({ id }) => id)
  return new Map((await store.load(generation, ids)).map(({ id, body }) => [id, body]))
}

/** Streams with an event that failed, each with the first one. */
function parked(waiting: readonly WaitingEvent[]): Map<string, ParkedStream> {
  const streams = new Map<string, ParkedStream>()
  for (const { stream, version, error } of waiting) {
    if (error !== undefined && !streams.has(stream)) streams.set(stream, { stream, version, error })
  }
  return streams
}
