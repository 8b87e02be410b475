import type { AnyPolicy } from '../definitions/index.ts'
import type { Cancel, Clock, Identity, Logger } from '../ports/index.ts'
import { type BegunWork, NEVER_ENDED } from './begun-work.ts'
import { FencedError, messageOf } from './errors.ts'
import { backoffAfter, dueAfter, LONGEST_BACKOFF } from './policy-backoff.ts'
import type { DueEvent, PolicyEvents } from './policy-events.ts'
import type { Insistence } from './policy-insistence.ts'
import type { PolicyStore } from './policy-store.ts'
import type { PolicyStream } from './policy-stream.ts'
import type { Reactions } from './reaction.ts'

export interface PolicyWorkerServices {
  readonly policy: AnyPolicy
  readonly events: PolicyEvents
  readonly store: PolicyStore
  readonly reactions: Reactions
  readonly insistence: Insistence
  /** Notes what is begun: then one stream is under way at a time. */
  readonly begun: BegunWork | undefined
  readonly clock: Clock
  readonly identity: Identity
  readonly logger: Logger
  /** Something is done. */
  readonly onProgress: () => void
  /** Another process has taken over. */
  readonly onFenced: () => void
}

const STREAMS_AT_A_TIME = 256
/** So many are begun before others get their turn. */
const BEGUN_IN_A_TURN = 32

/**
 * Takes streams to their end, or to where they are parked.
 *
 * 1. (G2) One stream's events one after the other; different streams side by side, up to a limit.
 * 2. (G10) An event whose attempt failed is tried again after a pause, in which its stream takes nobody's place; after the
 *    last attempt its stream is parked. One that cannot be decoded is parked at once, as is one that was parked before.
 * 3. (G10) Where it is noted what is begun, each event is, before it is read. What was begun too often is parked unread.
 * 4. Once it is closed no event is begun, and what fails then has not failed; what succeeds counts until it has ended.
 */
export class PolicyWorkers {
  readonly #services: PolicyWorkerServices
  readonly #ready: PolicyStream[] = []
  readonly #active = new Set<PolicyStream>()
  /** Streams that wait for their next attempt. */
  readonly #pausing = new Map<PolicyStream, { readonly until: number; readonly cancel: Cancel }>()
  /** Streams that somebody waits for, until they have come to their end or have failed. */
  #untried = new Set<PolicyStream>()
  #isBeginning = false
  #isClosed = false
  #hasEnded = false
  #onRoom = (): void => {}
  #onTried = (): void => {}
  #onIdle = (): void => {}

  constructor(services: PolicyWorkerServices) {
    this.#services = services
  }

  /** Puts a stream under way. */
  begin(stream: PolicyStream): void {
    this.#ready.push(stream)
    this.#beginSoon()
  }

  /** The same, but for an event that failed its next attempt has to be due. */
  resume(stream: PolicyStream): void {
    if (stream.attempts === 0) this.begin(stream)
    else this.#beginAt(stream, dueAfter(stream.stored()))
  }

  /** When the next attempt of what has failed is due, in milliseconds since the epoch. */
  get nextAttempt(): number | undefined {
    const all = [...this.#pausing.values()].map(({ until }) => until)
    return all.length > 0 ? Math.min(...all) : undefined
  }

  /** The same for whoever knows no more than the store does. */
  get nextAttemptStored(): number | undefined {
    const all = [...this.#pausing].map(([stream, { until }]) => Math.max(until, dueAfter(stream.stored())))
    return all.length > 0 ? Math.min(...all) : undefined
  }

  /** Tries a stream again that is parked. */
  retry(stream: PolicyStream): Promise<'applied' | 'parked'> {
    const outcome = stream.try()
    this.begin(stream)
    return outcome
  }

  /** Whether what the feed gives of a stream may be kept: it is under way, not waiting for its next attempt. */
  mayKeep(stream: PolicyStream): boolean {
    return this.#active.has(stream) || (stream.attempts === 0 && !stream.isParked)
  }

  /** Resolves when more streams can be put under way. */
  async room(): Promise<void> {
    if (this.#ready.length === 0 || this.#isClosed) return
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve
    })
  }

  /** Resolves when each stream that is under way has come to its end, or has failed; or when it is closed. */
  async tried(): Promise<void> {
    this.#untried = new Set([...this.#ready, ...this.#active])
    if (this.#untried.size === 0 || this.#isClosed) return
    await new Promise<void>((resolve) => {
      this.#onTried = resolve
    })
  }

  /** Whether a stream that somebody waits for has neither come to its end nor failed. */
  get isTrying(): boolean {
    return this.#untried.size > 0
  }

  /** Begins nothing any more. Resolves when what has begun has come to its end. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wakeNobody()
    this.#onRoom()
    this.#onTried()
    if (this.#active.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }

  /** From now on nothing counts any more. */
  end(): void {
    this.#isClosed = true
    this.#hasEnded = true
    this.#wakeNobody()
    this.#onRoom()
    this.#onTried()
  }

  #beginSoon(): void {
    if (this.#isBeginning) return
    this.#isBeginning = true
    this.#services.clock.soon(() => {
      this.#isBeginning = false
      for (let count = 0; count < BEGUN_IN_A_TURN && this.#canBegin(); count += 1) {
        void this.#work(this.#ready.shift() as PolicyStream)
      }
      if (this.#canBegin()) this.#beginSoon()
      if (this.#ready.length === 0) this.#onRoom()
    })
  }

  #canBegin(): boolean {
    const most = this.#services.begun ? 1 : STREAMS_AT_A_TIME
    return this.#ready.length > 0 && this.#active.size < most && !this.#isClosed
  }

  async #work(stream: PolicyStream): Promise<void> {
    this.#active.add(stream)
    try {
      await this.#followToEnd(stream)
    } catch (error) {
      if (error instanceof FencedError) this.#services.onFenced()
      else if (!this.#isClosed) this.#puzzled(stream, error)
    } finally {
      this.#active.delete(stream)
      if (this.#untried.delete(stream) && this.#untried.size === 0) this.#onTried()
      this.#services.onProgress()
      if (this.#canBegin()) this.#beginSoon()
      if (this.#active.size === 0) this.#onIdle()
    }
  }

  async #followToEnd(stream: PolicyStream): Promise<void> {
    while (!this.#isClosed) {
      if (!(await this.#mayGoOn(stream))) return
      const due = stream.next
      if (due) {
        if (!(await this.#attempt(stream, due))) return
      } else if (stream.isBehind) await this.#readOn(stream)
      else return this.#finish(stream)
    }
  }

  /** Notes what is begun, if it has to be, and what was done before. */
  async #mayGoOn(stream: PolicyStream): Promise<boolean> {
    const { begun, insistence, store } = this.#services
    if (!begun || (!stream.next && !stream.isBehind)) return true
    await store.flush()
    const { attempts, name, version } = stream
    if (await insistence.until('notes', () => begun.begin({ stream: name, version, attempts }))) return true
    const failure = new Error(NEVER_ENDED)
    this.#fail(stream, { version, last: version, failure }, failure)
    return false
  }

  /** Reads further into a stream, after others have had their turn. */
  async #readOn(stream: PolicyStream): Promise<void> {
    const { begun, clock, events, insistence, store } = this.#services
    await new Promise<void>((resolve) => clock.soon(resolve))
    const { readTo, end } = stream
    const { commits, isAll } = await insistence.until('streams', () => store.readStream(stream.name, readTo))
    const kept = begun ? commits.slice(0, 1) : commits
    for (const commit of kept) stream.keep(commit, events)
    if (isAll && kept.length === commits.length && stream.end === end) stream.endsHere()
  }

  #finish(stream: PolicyStream): void {
    const { store } = this.#services
    stream.conclude('applied')
    store.streams.finish(stream)
    store.changed()
  }

  /** Returns whether the stream can go on. */
  async #attempt(stream: PolicyStream, due: DueEvent): Promise<boolean> {
    const { reactions, store } = this.#services
    try {
      if ('failure' in due) throw due.failure
      const timers = await reactions.react(due.event, due.handler, stream.attempts + 1)
      if (this.#hasEnded) return false
      stream.pass(due.last)
      store.streams.mark(stream)
      store.changed(timers)
      return true
    } catch (error) {
      if (!this.#isClosed) this.#fail(stream, due, error)
      return false
    }
  }

  #fail(stream: PolicyStream, due: DueEvent, error: unknown): void {
    const { clock, identity, logger, policy, store } = this.#services
    const isHopeless = 'failure' in due || stream.isParked || stream.attempts + 1 >= policy.attempts
    stream.fail(due.version, clock.now())
    if (isHopeless) stream.park(messageOf(error))
    else this.#beginAt(stream, clock.now() + backoffAfter(stream.attempts, identity))
    store.streams.mark(stream)
    store.changed()
    const { attempts } = stream
    const fields = { policy: policy.name, stream: stream.name, version: due.version, attempts }
    if (!isHopeless) {
      return logger.warn({ ...fields, error: messageOf(error) }, 'a policy failed on an event and will try again')
    }
    logger.error(
      { err: error, ...fields },
      'a stream was parked: a policy failed on its event. Mend what failed, then retry it, or discard the event',
    )
  }

  #beginAt(stream: PolicyStream, until: number): void {
    const { clock } = this.#services
    const cancel = clock.after(until - clock.now(), () => {
      this.#pausing.delete(stream)
      if (!this.#isClosed) this.begin(stream)
    })
    this.#pausing.set(stream, { until, cancel })
  }

  #wakeNobody(): void {
    for (const { cancel } of this.#pausing.values()) cancel()
  }

  /** Should this be broken itself, the stream is not forgotten: it is tried again, and people are told. */
  #puzzled(stream: PolicyStream, error: unknown): void {
    const { clock, logger, policy } = this.#services
    logger.error({ err: error, policy: policy.name, stream: stream.name }, 'a policy lost its way with a stream')
    this.#beginAt(stream, clock.now() + LONGEST_BACKOFF)
  }
}
