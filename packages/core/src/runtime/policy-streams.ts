import type { WaitingEvent } from '../ports/index.ts'
import type { PolicyStream } from './policy-stream.ts'

type Key = Pick<WaitingEvent, 'stream' | 'version' | 'document'>

/** What has changed about streams since it was last saved. */
export interface StreamChanges {
  readonly waiting: readonly WaitingEvent[]
  readonly settled: readonly Key[]
}

/**
 * The streams of a policy that are under way or parked, and what the store knows of them. Whatever changes must be
 * marked; one that came and went between two saves costs the store nothing.
 */
export class PolicyStreams {
  readonly #streams: Map<string, PolicyStream>
  /** At which version each stands in the store. */
  readonly #saved: Map<string, number>
  readonly #changed = new Set<string>()

  /** @param stored those that the store knows */
  constructor(stored: readonly PolicyStream[]) {
    this.#streams = new Map(stored.map((stream) => [stream.name, stream]))
    this.#saved = new Map(stored.map(({ name, version }) => [name, version]))
  }

  get(name: string): PolicyStream | undefined {
    return this.#streams.get(name)
  }

  all(): PolicyStream[] {
    return [...this.#streams.values()]
  }

  parked(): PolicyStream[] {
    return this.all().filter(({ isParked }) => isParked)
  }

  add(stream: PolicyStream): void {
    this.#streams.set(stream.name, stream)
    this.mark(stream)
  }

  /** All that the feed has given of it is done. */
  finish(stream: PolicyStream): void {
    this.#streams.delete(stream.name)
    this.mark(stream)
  }

  mark({ name }: PolicyStream): void {
    this.#changed.add(name)
  }

  /** What has to be saved now. */
  take(): StreamChanges {
    const changed = [...this.#changed]
    const waiting = changed.flatMap((name) => this.#streams.get(name)?.stored() ?? [])
    const settled = changed.flatMap((stream) => {
      const version = this.#saved.get(stream)
      const isGone = version !== undefined && version !== this.#streams.get(stream)?.version
      return isGone ? [{ stream, version, document: undefined }] : []
    })
    this.#changed.clear()
    return { waiting, settled }
  }

  /** What was taken is in the store. */
  saved({ waiting, settled }: StreamChanges): void {
    for (const { stream } of settled) this.#saved.delete(stream)
    for (const { stream, version } of waiting) this.#saved.set(stream, version)
  }
}
