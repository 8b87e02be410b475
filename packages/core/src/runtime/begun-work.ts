import type { Partition, ReadModelStore } from '../ports/index.ts'
import { FencedError } from './errors.ts'
import { type NotesServices, notesRecord } from './notes-record.ts'

/** A piece of work: an event, for a document that it waited for or a timer that it scheduled if these are given. */
export interface Work {
  readonly stream: string
  readonly version: number
  readonly document?: string
  readonly timer?: string
  /** How often it has failed before. */
  readonly attempts: number
}

/** Which consumer it is about, into how many partitions that is divided, and how often something may be begun. */
export interface BegunWorkOf {
  readonly partition: Partition
  readonly of: number
  readonly most: number
}

/** What may be said of something that was begun as often as it may be. */
export const NEVER_ENDED = 'its process was killed, or lost, whenever it was begun: it was parked without being read'

/** Of what never ended so much is remembered: each stands for a process that was killed. */
const MOST_NOTES = 100

/**
 * The work that a partition of a consumer has begun and that never ended: noted before it is begun, so that it is known what
 * kills a process (G10).
 *
 * 1. One thing is in hand at a time. What was in hand before has ended as soon as another thing is begun.
 * 2. What is still noted when a process takes up the notes was begun by one that did not live to see its end. That it may
 *    have been saved does no harm: then it does not come again.
 *
 * Notes are a document of a model of their own.
 */
export class BegunWork {
  readonly #readModels: ReadModelStore
  readonly #place: Partition
  readonly #lease: number
  readonly #id: string
  readonly #most: number
  /** How often each thing was begun that has not ended. */
  #times = new Map<string, number>()
  /** What this process has begun. */
  #inHand: string | undefined

  private constructor(readModels: ReadModelStore, place: Partition, lease: number, id: string, most: number) {
    this.#readModels = readModels
    this.#place = place
    this.#lease = lease
    this.#id = id
    this.#most = most
  }

  /** Takes the lease of the notes of a partition. */
  static async open({ partition: of, ...about }: BegunWorkOf, services: NotesServices): Promise<BegunWork> {
    const { readModels } = services
    const record = await notesRecord(`begun:${of.model}`, about.of, services)
    const place = { ...record, partition: of.partition % record.partitions.length }
    const { lease } = await readModels.open(place)
    const begun = new BegunWork(readModels, place, lease, `${of.number}/${of.partition}`, about.most)
    const [notes] = await readModels.load(place, [begun.#id])
    if (notes?.body !== undefined) begun.#times = new Map(JSON.parse(notes.body).times)
    return begun
  }

  /**
   * Notes what is begun. Answers whether it may be: not when it was begun as often as it may be, and never ended.
   *
   * @throws FencedError when another process has taken over
   */
  async begin(work: Work): Promise<boolean> {
    const key = JSON.stringify([work.stream, work.version, work.document, work.timer, work.attempts])
    if (key === this.#inHand) return true
    this.#forget(this.#inHand)
    const times = this.#times.get(key) ?? 0
    if (times >= this.#most) {
      this.#forget(key)
      return false
    }
    this.#times.set(key, times + 1)
    this.#inHand = key
    await this.#save()
    return true
  }

  /** Nothing is in hand any more. What was may not be done, but did not kill: it does not count. */
  async end(): Promise<void> {
    const key = this.#inHand
    if (key === undefined) return
    const before = (this.#times.get(key) ?? 1) - 1
    this.#forget(key)
    if (before > 0) this.#times.set(key, before)
    await this.#save()
  }

  #forget(key: string | undefined): void {
    this.#inHand = undefined
    if (key !== undefined) this.#times.delete(key)
  }

  async #save(): Promise<void> {
    const times = [...this.#times].slice(-MOST_NOTES)
    const document = { id: this.#id, body: JSON.stringify({ times }), stream: this.#id, version: 0 }
    const changes = { cursor: '', documents: [document], waiting: [], settled: [] }
    const outcome = await this.#readModels.save(this.#place, this.#lease, changes)
    if (outcome !== 'saved') throw new FencedError(`another process keeps '${this.#place.model}'`)
  }
}
