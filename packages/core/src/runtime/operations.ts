import type { RecordedEvent } from '../definitions/index.ts'
import type { Explorer } from './explorer/explorer.ts'

/** How a rebuild of a read model stands (G9). */
export interface RebuildStatus {
  readonly projection: string
  /** The generation that is, or was, folded. */
  readonly generation: number
  /**
   * `blocked`: it has caught up, but streams are parked in it that are not in the generation that serves; it waits for a
   * retry, or for them to be accepted by name.
   */
  readonly state: 'running' | 'stopped' | 'blocked' | 'done' | 'failed' | 'cancelled'
  /** Events folded so far, and in all. */
  readonly done: number
  readonly total: number
  /** Lately; from its start to its end when it has ended; 0 while it is stopped. Of this process's work. */
  readonly eventsPerSecond: number
  /** Undefined while it cannot be told. */
  readonly secondsLeft: number | undefined
  /** ISO 8601; of `failed` and the later ones also when that came. */
  readonly startedAt: string
  readonly endedAt: string | undefined
  readonly error: string | undefined
  /** Streams that are parked in it and not in the generation that serves. */
  readonly newlyParked: readonly string[]
}

/** A generation that served before and is kept for a while, so that one can go back to it. */
export interface PreviousGeneration {
  readonly generation: number
  /** ISO 8601: when it was retired, and until when it is kept. */
  readonly retiredAt: string
  readonly keptUntil: string
  /** Whether this process can fold into it: it was made by the same definition. */
  readonly canServe: boolean
}

/** How a projection stands. */
export interface ProjectionStatus {
  readonly name: string
  /** The generation that is read. */
  readonly generation: number
  /** Whether it has seen all that was recorded when this process started, or lacks nothing that it takes. */
  readonly current: boolean
  /** Whether it was made by another definition: it is read as it is while a new one is folded. */
  readonly frozen: boolean
  /** Why it does not go on, if so. */
  readonly error: string | undefined
  /** Streams that wait for repair. */
  readonly parked: number
  /** Events that wait for their document. */
  readonly deferred: number
  /** Events that it has not folded yet, about. */
  readonly lag: number
  readonly rebuild: RebuildStatus | undefined
  readonly previous: PreviousGeneration | undefined
}

/** How a policy stands. */
export interface PolicyStatus {
  readonly name: string
  /** Why it does not go on, if so. */
  readonly error: string | undefined
  /** Streams with events that are being reacted to, or wait for their next attempt. */
  readonly pending: number
  /** Streams that wait for repair, and timers whose command has failed for good (counted up to ten thousand). */
  readonly parked: number
  /** Events that it has not looked at yet, about. */
  readonly lag: number
  /** Commands that are scheduled (counted up to ten thousand). */
  readonly timers: number
}

/** An event at which a stream is parked for a consumer, or a timer whose command failed (G10). */
export interface DeadLetter {
  /** The projection or policy. */
  readonly consumer: string
  readonly kind: 'projection' | 'policy'
  readonly stream: string
  readonly version: number
  /** The document that it failed on, when it had waited for that. */
  readonly document: string | undefined
  /** The timer's key, when it is one. */
  readonly timer: string | undefined
  readonly error: string
  readonly attempts: number
  /** When it failed first, ISO 8601. */
  readonly since: string
}

export interface DeadLetterWithEvent extends DeadLetter {
  /** In the newest version of its schema; undefined when it cannot be decoded. */
  readonly event: RecordedEvent | undefined
}

/** A dead letter that was given up. */
export interface DiscardedLetter extends Omit<DeadLetter, 'timer'> {
  readonly reason: string
  readonly actor: string
  /** ISO 8601. */
  readonly at: string
}

/** A command that a policy has scheduled. */
export interface TimerStatus {
  readonly policy: string
  readonly key: string
  /** ISO 8601. */
  readonly due: string
  readonly command: string
  readonly aggregateId: string | undefined
  /** The event that scheduled it. */
  readonly stream: string
  readonly version: number
}

/** Which dead letter is meant: the stream; the document when it failed on one; the key when it is a timer. */
export interface LetterAddress {
  readonly stream: string
  readonly document?: string | undefined
  readonly timer?: string | undefined
}

/** Why something is given up, and who says so. */
export interface DiscardOrder {
  readonly reason: string
  readonly actor: string
}

/** What a consumer lets operators do about what it could not apply (G10). */
export interface DeadLetterBox {
  deadLetters(): Promise<DeadLetter[]>
  /** Tries again, at once. Answers whether it succeeded; if not, it is parked as before, with one attempt more. */
  retry(address: LetterAddress): Promise<'applied' | 'parked'>
  /** Gives up the event that failed, records that, and goes on with what waited behind it. */
  discard(address: LetterAddress, order: DiscardOrder): Promise<void>
  discarded(): Promise<DiscardedLetter[]>
}

/** An operation that cannot be done as things stand. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused'
  /** Stable, kebab-case. */
  readonly code: 'not-found' | 'unknown-consumer' | 'no-dead-letter' | 'not-possible' | 'reason-missing'

  constructor(code: OperationRefused['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * What operators can see and do. Whatever names a projection, policy or dead letter that is not there, or asks for what
 * cannot be done now, throws `OperationRefused`.
 */
export interface Operations extends Explorer {
  projections(): Promise<ProjectionStatus[]>
  policies(): Promise<PolicyStatus[]>
  /** The next one first; of each policy the next thousand. */
  timers(): Promise<TimerStatus[]>
  /** Starts to fold history into a new generation; while one is being folded, that is answered. Goes on with one that was stopped. */
  rebuild(projection: string): Promise<RebuildStatus>
  /** The rebuild that is under way, else the last one that this process knows of, else of the generation that serves. */
  rebuildStatus(projection: string): Promise<RebuildStatus>
  stopRebuild(projection: string): Promise<RebuildStatus>
  /** Drops what was folded so far. */
  cancelRebuild(projection: string): Promise<RebuildStatus>
  /** Lets the new generation serve although these streams are parked in it. */
  acceptParked(projection: string, streams: readonly string[]): Promise<RebuildStatus>
  /** Brings the previous generation up to date and lets it serve again. */
  rollBack(projection: string): Promise<RebuildStatus>
  /** Of one consumer, or of all; by consumer, stream and version. However many there are: their events are not read. */
  deadLetters(consumer?: string): Promise<DeadLetter[]>
  /** Reads the events of some dead letters: of as many as are to be shown. */
  withEvents(letters: readonly DeadLetter[]): Promise<DeadLetterWithEvent[]>
  retry(consumer: string, address: LetterAddress): Promise<'applied' | 'parked'>
  discard(consumer: string, address: LetterAddress, order: DiscardOrder): Promise<void>
  discarded(consumer?: string): Promise<DiscardedLetter[]>
}
