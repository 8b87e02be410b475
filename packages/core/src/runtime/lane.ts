import { type AnyAggregate, type EventPlace, type RecordedEvent, schemaVersionOf } from '../definitions/index.ts'
import type { Append, AppendLimits, AppendResult, CommandRecord, Expectation, StreamAppend } from '../ports/index.ts'
import { type CommandMetadata, commitFrame, encodeCommit, encodeEvent } from './codec.ts'
import { type DecidedWrites, decide } from './decision.ts'
import { commandTooLarge } from './errors.ts'
import { isKnown } from './read-event.ts'
import type { VersionedState } from './state-store.ts'
import { type Task, type TaskResult, writtenBeside } from './task.ts'
import type { StreamVersion } from './token.ts'

/**
 * Decides the commands that wait for one stream, one after the other on the evolving state, as one append.
 *
 * 1. (G1) The append expects of every stream that was read or written the version that the first decision saw, so
 *    either all decisions of the batch stand or none does.
 * 2. (G7) Answers are held back until that append has succeeded, also those that append nothing or are errors.
 * 3. A decision that throws takes only its own command with it.
 * 4. The append is within the store's limits: who does not fit into it any more comes with the next batch. A command that
 *    fits into none fails.
 */
export interface Batch {
  readonly append: Append
  readonly tasks: readonly Task[]
  /** Whether a decision may have changed states before it threw. */
  readonly mayBeSpoilt: boolean
  /** The streams that get events. */
  written(): Iterable<string>
  /** Answers, once the append has succeeded. */
  settle(result: Extract<AppendResult, { outcome: 'appended' }>): void
}

export interface BatchServices {
  readonly limits: AppendLimits
  readonly newId: () => string
  readonly forget: (stream: string) => void
  readonly remember: (aggregate: AnyAggregate, stream: string, before: number, after: VersionedState) => void
}

/** The newest known state of a stream; undefined: it has to be loaded first. */
export type StateOf = (stream: string) => VersionedState | undefined

/** With so many commands, or bytes of text, a batch is large enough: others wait for it. */
const MOST_TASKS = 1000
const MOST_TEXT = 200_000

const NO_STREAMS: readonly StreamVersion[] = []
const NO_PLACES: readonly EventPlace[] = []

interface TouchedStream {
  readonly aggregate: AnyAggregate
  readonly aggregateId: string
  readonly stream: string
  readonly base: VersionedState
  state: unknown
  version: number
  readonly events: string[]
}

/** What one decision does to a stream, before it is known that all of the decision can be recorded. */
interface Staged {
  readonly touched: TouchedStream
  state: unknown
  readonly events: RecordedEvent[]
  readonly encoded: string[]
}

/**
 * Takes tasks from the front of `queue` and decides them, as far as their states are known.
 *
 * @param at the time that decisions see and events are recorded with, ISO 8601
 */
export function decideBatch(queue: Task[], at: string, stateOf: StateOf, services: BatchServices): Batch {
  const batch = new OpenBatch(at, stateOf, services)
  let taken = 0
  while (taken < MOST_TASKS && batch.text < MOST_TEXT) {
    const task = queue[taken]
    if (!task || !batch.reach(task)) break
    const taking = batch.take(task)
    if (taking !== 'left') taken += 1
    if (taking !== 'taken') break
  }
  if (taken === queue.length) queue.length = 0
  else queue.splice(0, taken)
  return batch
}

class OpenBatch implements Batch {
  readonly #at: string
  readonly #stateOf: StateOf
  readonly #services: BatchServices
  readonly #touched: TouchedStream[] = []
  readonly #commands: CommandRecord[] = []
  readonly #results: TaskResult[] = []
  readonly tasks: Task[] = []
  /** How many bytes have been encoded so far. */
  text = 0
  mayBeSpoilt = false

  constructor(at: string, stateOf: StateOf, services: BatchServices) {
    this.#at = at
    this.#stateOf = stateOf
    this.#services = services
  }

  get append(): Append {
    return { streams: this.#touched.map((touched) => this.#streamAppend(touched)), commands: this.#commands }
  }

  *written(): Iterable<string> {
    for (const { stream, events } of this.#touched) if (events.length > 0) yield stream
  }

  /** Takes in the streams that a task needs; false, and nothing taken in, when one is not at hand or there is no room. */
  reach(task: Task): boolean {
    const before = this.#touched.length
    const reached = this.#touch(task) && task.references.every((other) => this.#touch(other)) && this.#hasRoomFor(task)
    if (!reached) this.#touched.length = before
    return reached
  }

  #hasRoomFor({ hash }: Task): boolean {
    const { commands, streams } = this.#services.limits
    return this.#touched.length <= streams && this.#commands.length + Number(hash !== undefined) <= commands
  }

  /**
   * Decides a task. After `last` no other may follow: a decision may have changed states before it threw. After `left` all
   * is as it was: what it would record is too much beside what others do.
   */
  take(task: Task): 'taken' | 'last' | 'left' {
    const result = this.#resultOf(task)
    if (result === 'left') return 'left'
    this.tasks.push(task)
    this.#results.push(result)
    this.mayBeSpoilt = result.kind === 'failed'
    return this.mayBeSpoilt ? 'last' : 'taken'
  }

  settle({ versions, position }: Extract<AppendResult, { outcome: 'appended' }>): void {
    let place = 0
    for (const { aggregate, stream, base, state } of this.#touched) {
      const version = versions[place++] as number
      if (this.mayBeSpoilt) this.#services.forget(stream)
      else this.#services.remember(aggregate, stream, base.version, { state, version })
    }
    let turn = 0
    for (const task of this.tasks) task.settle(this.#results[turn++] as TaskResult, position)
  }

  #resultOf(task: Task): TaskResult | 'left' {
    try {
      return this.#decide(task)
    } catch (error) {
      return { kind: 'failed', error }
    }
  }

  #decide(task: Task): TaskResult | 'left' {
    const own = this.#find(task.stream)
    const mismatch = !meets(task.expectedVersion, own.version)
    // A precondition on what does not exist must not hide the command's own answer to that (RFC 9110, 13.2.1).
    if (mismatch && own.version > 0) return { kind: 'version-mismatch', version: own.version }
    const decision = decide(task, (stream) => this.#find(stream), this.#at, this.#services.newId)
    if ('rejection' in decision) return { kind: 'rejected', rejection: decision.rejection }
    if (mismatch) return { kind: 'version-mismatch', version: own.version }
    const staged = this.#stage(task, own, decision)
    const text = staged.reduce((sum, each) => sum + this.#sizeOf(each), sizeOfRecord(task))
    if (this.text + text > this.#services.limits.text) {
      if (this.text > 0) return 'left'
      throw commandTooLarge(
        `What it records has ${text} bytes, and the store takes ${this.#services.limits.text} at once`,
      )
    }
    this.text += text
    for (const each of staged) this.#take(each)
    const events = staged[0]?.events ?? []
    if (task.hash !== undefined) this.#record(task, task.hash, own.version, events.length)
    return { kind: 'accepted', events, state: own.state, version: own.version, others: this.#others(task) }
  }

  #others(task: Task): readonly StreamVersion[] {
    if (task.references.length === 0) return NO_STREAMS
    return writtenBeside(task).map((stream) => ({ stream, version: this.#find(stream).version }))
  }

  #find(stream: string): TouchedStream {
    return this.#touched.find((touched) => touched.stream === stream) as TouchedStream
  }

  #touch({ aggregate, id: aggregateId, stream }: Pick<Task, 'aggregate' | 'id' | 'stream'>): boolean {
    if (this.#find(stream)) return true
    const base = this.#stateOf(stream)
    if (!base) return false
    const { state, version } = base
    this.#touched.push({ aggregate, aggregateId, stream, base, state, version, events: [] })
    return true
  }

  /** Where the first events of a decision will be, in each stream that it writes to, if these are several. */
  #places(own: TouchedStream, { own: events, foreign }: DecidedWrites): readonly EventPlace[] {
    if (foreign.length === 0) return NO_PLACES
    const written = [...(events.length > 0 ? [own.stream] : []), ...foreign.map(({ stream }) => stream)]
    const streams = [...new Set(written)]
    return streams.length < 2
      ? NO_PLACES
      : streams.map((stream) => ({ stream, version: this.#find(stream).version + 1 }))
  }

  /** Evolves and encodes without changing anything yet: an event that cannot be recorded takes back its whole decision. */
  #stage(task: Task, own: TouchedStream, decision: DecidedWrites): Staged[] {
    const { own: events, foreign } = decision
    const places = this.#places(own, decision)
    const staged: Staged[] = [{ touched: own, state: own.state, events: [], encoded: [] }]
    for (const event of events) this.#add(staged[0] as Staged, task.metadata, places, event)
    for (const { stream, event } of foreign) {
      let other = staged.find(({ touched }) => touched.stream === stream)
      if (!other) {
        const touched = this.#find(stream)
        other = { touched, state: touched.state, events: [], encoded: [] }
        staged.push(other)
      }
      this.#add(other, task.metadata, places, event)
    }
    return staged
  }

  #add(
    staged: Staged,
    ofCommand: CommandMetadata,
    places: readonly EventPlace[],
    { type, data }: { readonly type: string; readonly data: unknown },
  ): void {
    const { aggregate, aggregateId, stream, version } = staged.touched
    const id = this.#services.newId()
    const schema = isKnown(aggregate, { type }) ? aggregate.events[type] : undefined
    const schemaVersion = schema ? schemaVersionOf(schema) : 1
    const metadata =
      places.length === 0 ? ofCommand : { ...ofCommand, beside: places.filter((each) => each.stream !== stream) }
    staged.state = aggregate.evolve(staged.state, { type, data })
    staged.encoded.push(encodeEvent(id, type, data, metadata, schemaVersion))
    staged.events.push({
      id,
      aggregateId,
      stream,
      version: version + staged.encoded.length,
      type,
      schemaVersion,
      data,
      recordedAt: this.#at,
      commandId: metadata.commandId,
      correlationId: metadata.correlationId,
      causationId: metadata.causationId,
      traceparent: metadata.traceparent,
      actor: metadata.actor,
      command: metadata.command,
      causedBy: metadata.causedBy,
      beside: metadata.beside,
    })
  }

  #take({ touched, state, encoded }: Staged): void {
    touched.state = state
    touched.version += encoded.length
    touched.events.push(...encoded)
  }

  /** How many bytes it adds to what is written: the events, commas, and what is around the first of a stream. */
  #sizeOf({ touched, encoded }: Staged): number {
    const frame = touched.events.length === 0 && encoded.length > 0 ? commitFrame : 0
    return encoded.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, frame)
  }

  #record({ metadata, stream }: Task, hash: string, version: number, count: number): void {
    this.#commands.push({ commandId: metadata.commandId, stream, version, count, hash })
  }

  #streamAppend({ stream, base, events }: TouchedStream): StreamAppend {
    const expected: Expectation = base.version === 0 ? 'absent' : base.version
    return { stream, expected, count: events.length, payload: events.length > 0 ? encodeCommit(this.#at, events) : '' }
  }
}

function meets(expected: Task['expectedVersion'], version: number): boolean {
  if (expected === undefined) return true
  return expected === 'present' ? version > 0 : expected === version
}

/** How many bytes a command takes that is recorded. */
function sizeOfRecord({ metadata, hash }: Task): number {
  return hash === undefined ? 0 : Buffer.byteLength(metadata.commandId) + hash.length
}
