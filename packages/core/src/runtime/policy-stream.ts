import type { Commit, WaitingEvent } from '../ports/index.ts'
import { type DueEvent, lastOf, type PolicyEvents } from './policy-events.ts'

/** How many events of one stream are kept in memory; later ones are read again when it is their turn. */
const MOST_KEPT = 200

/**
 * A stream with events that a policy has not reacted to yet.
 *
 * 1. (G2) Its events are due strictly one after the other.
 * 2. What is kept of it is all that is due up to `readTo`; the feed has given it up to `end`. While the two differ, the
 *    rest is to be read from the stream.
 */
export class PolicyStream {
  readonly name: string
  /** The next event to be reacted to, or to be passed over. */
  #version: number
  #readTo: number
  /** Undefined: it was put under way by a process before this one. */
  #end: number | undefined
  #kept: DueEvent[] = []
  #since: number
  #error: string | undefined
  #attempts: number
  /** Who waits for the outcome of the next attempt. */
  #trial: PromiseWithResolvers<'applied' | 'parked'> | undefined

  constructor({ stream, version, since, error, attempts }: WaitingEvent) {
    this.name = stream
    this.#version = version
    this.#readTo = version - 1
    this.#since = since
    this.#error = error
    this.#attempts = attempts
  }

  get version(): number {
    return this.#version
  }

  /** Whether it waits for repair: an event of it failed for good. */
  get isParked(): boolean {
    return this.#error !== undefined
  }

  /** How often the event was tried that is due. */
  get attempts(): number {
    return this.#attempts
  }

  get readTo(): number {
    return this.#readTo
  }

  get end(): number | undefined {
    return this.#end
  }

  /** Whether events of it have to be read that the feed has given. */
  get isBehind(): boolean {
    return this.#end === undefined || this.#readTo < this.#end
  }

  get next(): DueEvent | undefined {
    return this.#kept[0]
  }

  /** The feed has given a commit; it is kept if it fits. */
  give(commit: Commit, events: PolicyEvents, mayKeep: boolean): void {
    if (mayKeep && this.#readTo === commit.version - 1 && this.#kept.length < MOST_KEPT) this.keep(commit, events)
    this.#end = lastOf(commit)
  }

  /** Keeps what is due of a commit that has been read. */
  keep(commit: Commit, events: PolicyEvents): void {
    if (lastOf(commit) <= this.#readTo) return
    this.#kept.push(...events.dueIn(commit, this.#readTo + 1))
    this.#readTo = lastOf(commit)
  }

  /** The stream has been read up to where it ended then, and the feed has given nothing of it meanwhile. */
  endsHere(): void {
    this.#end = this.#readTo
  }

  /** All up to a version has been reacted to, or given up. */
  pass(last: number): void {
    this.#version = last + 1
    while (this.#kept[0] && this.#kept[0].version <= last) this.#kept.shift()
    this.#readTo = Math.max(this.#readTo, last)
    this.#attempts = 0
    this.#error = undefined
    this.conclude('applied')
  }

  /** An attempt failed. What is kept is read again for the next one, so that it is as it was recorded. */
  fail(version: number, now: number): void {
    if (this.#attempts === 0) this.#since = now
    this.#version = version
    this.#attempts += 1
    this.#kept = []
    this.#readTo = version - 1
  }

  park(error: string): void {
    this.#error = error
    this.conclude('parked')
  }

  /** Whether a stream that is parked is being tried again. */
  get isOnTrial(): boolean {
    return this.#trial !== undefined
  }

  /** Begins another attempt, though it is parked; resolves to what becomes of it. */
  try(): Promise<'applied' | 'parked'> {
    this.#trial = Promise.withResolvers()
    return this.#trial.promise
  }

  conclude(outcome: 'applied' | 'parked'): void {
    this.#trial?.resolve(outcome)
    this.#trial = undefined
  }

  /** The outcome of the attempt will not be known to this process. */
  abandon(reason: Error): void {
    this.#trial?.promise.catch(() => {})
    this.#trial?.reject(reason)
    this.#trial = undefined
  }

  stored(): WaitingEvent {
    const { name: stream } = this
    return {
      stream,
      version: this.#version,
      document: undefined,
      since: this.#since,
      error: this.#error,
      attempts: this.#attempts,
    }
  }
}
