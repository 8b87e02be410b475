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

/** Another process may take up the notes between two of our steps; so often in a row it does not. */
const MOST_TRIES = 5

/** How often each thing was begun that has not ended. */
type Times = Map<string, number>

/**
 * The work that a partition of a consumer has begun and that never ended: noted before it is begun, so that it is known what
 * kills a process (G10).
 *
 * 1. One thing is in hand at a time. What was in hand before has ended as soon as another thing is begun.
 * 2. What is noted was begun by a process that is at it, or did not live to see its end. That it may have been saved does no
 *    harm: then it does not come again.
 * 3. Who works is decided elsewhere: several processes may note what they begin, and what was taken over from one that lives
 *    is not counted as begun once that has found out.
 *
 * Notes are a document of a model of their own.
 */
export class BegunWork {
  readonly #readModels: ReadModelStore
  readonly #place: Partition
  readonly #id: string
  readonly #most: number
  #lease = 0
  #times: Times = new Map()
  /** What this process has begun. */
  #inHand: string | undefined
  /** What has ended, or was refused, since the last change. */
  readonly #ended = new Set<string>()

  private constructor(readModels: ReadModelStore, place: Partition, id: string, most: number) {
    this.#readModels = readModels
    this.#place = place
    this.#id = id
    this.#most = most
  }

  static async open({ partition: of, ...about }: BegunWorkOf, services: NotesServices): Promise<BegunWork> {
    const { readModels } = services
    const record = await notesRecord(`begun:${of.model}`, about.of, services)
    const place = { ...record, partition: of.partition % record.partitions.length }
    const begun = new BegunWork(readModels, place, `${of.number}/${of.partition}`, about.most)
    await begun.#takeUp()
    return begun
  }

  /**
   * Notes what is begun. Answers whether it may be: not when it was begun as often as it may be, and never ended.
   *
   * @throws FencedError when others take up the notes all the time
   */
  async begin(work: Work): Promise<boolean> {
    const key = JSON.stringify([work.stream, work.version, work.document, work.timer, work.attempts])
    if (key === this.#inHand) return true
    this.#forget(this.#inHand)
    if ((this.#times.get(key) ?? 0) >= this.#most) {
      this.#forget(key)
      return false
    }
    this.#inHand = key
    await this.#change((times) => times.set(key, (times.get(key) ?? 0) + 1))
    return true
  }

  /** Nothing is in hand any more. What was may not be done, but did not kill: it does not count. */
  async end(): Promise<void> {
    const key = this.#inHand
    if (key === undefined) return
    this.#inHand = undefined
    await this.#change((times) => {
      const before = (times.get(key) ?? 1) - 1
      if (before > 0) times.set(key, before)
      else times.delete(key)
    })
  }

  #forget(key: string | undefined): void {
    this.#inHand = undefined
    if (key === undefined) return
    this.#times.delete(key)
    this.#ended.add(key)
  }

  /** Changes the notes as they are, also when another process has changed them meanwhile. */
  async #change(change: (times: Times) => void): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      for (const key of this.#ended) this.#times.delete(key)
      change(this.#times)
      if (await this.#isSaved()) return this.#ended.clear()
      if (tries === MOST_TRIES) throw new FencedError(`others keep '${this.#place.model}'`)
      await this.#takeUp()
    }
  }

  async #takeUp(): Promise<void> {
    const { lease } = await this.#readModels.open(this.#place)
    this.#lease = lease
    const [notes] = await this.#readModels.load(this.#place, [this.#id])
    this.#times = new Map(notes?.body === undefined ? [] : JSON.parse(notes.body).times)
  }

  async #isSaved(): Promise<boolean> {
    const times = [...this.#times].slice(-MOST_NOTES)
    const document = { id: this.#id, body: JSON.stringify({ times }), stream: this.#id, version: 0 }
    const changes = { cursor: '', documents: [document], waiting: [], settled: [] }
    return (await this.#readModels.save(this.#place, this.#lease, changes)) === 'saved'
  }
}
