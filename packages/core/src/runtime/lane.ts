import type { AnyAggregate } from '../definitions/index.ts'
import type { Append, AppendResult, Expectation, Position, StreamAppend } from '../ports/index.ts'
import { encodeCommit, encodeEvent } from './codec.ts'
import { decide } from './decision.ts'
import type { VersionedState } from './state-store.ts'
import type { DecidedEvent, Task, TaskResult } from './task.ts'

/**
 * Decides the commands that wait for one stream, one after the other on the evolving state, as one append.
 *
 * 1. (G1) The append expects of every stream that was read or written the version that the first decision saw, so
 *    either all decisions of the batch stand or none does.
 * 2. (G7) Answers are held back until that append has succeeded, also those that append nothing.
 * 3. A decision that throws takes only its own command with it.
 */
export interface Batch {
  readonly append: Append
  readonly tasks: readonly Task[]
  /** Answers, once the append has succeeded. */
  settle(result: Extract<AppendResult, { outcome: 'appended' }>): void
}

export interface BatchServices {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newId: () => string
  /** The newest known state of a stream; undefined: it has to be loaded first. */
  readonly stateOf: (stream: string) => VersionedState | undefined
  readonly remember: (aggregate: AnyAggregate, stream: string, before: number, after: VersionedState) => void
}

/** How many commands, and how much text, one batch may hold: engines limit what is written at once. */
const MOST_TASKS = 1000
const MOST_TEXT = 200_000

/** A result, once it is known where the append stands in the feed. */
type Answer = (position: Position) => TaskResult

interface TouchedStream {
  readonly aggregate: AnyAggregate
  readonly base: VersionedState
  state: unknown
  version: number
  readonly events: string[]
}

/** Takes tasks from the front of `queue` and decides them, as far as their states are known. */
export function decideBatch(queue: Task[], services: BatchServices): Batch {
  const at = new Date(services.now()).toISOString()
  const batch = new OpenBatch(at, services)
  let taken = 0
  while (taken < MOST_TASKS && batch.text < MOST_TEXT) {
    const task = queue[taken]
    if (!task || !batch.knows(task)) break
    batch.take(task)
    taken += 1
  }
  queue.splice(0, taken)
  return batch
}

class OpenBatch implements Batch {
  readonly #at: string
  readonly #services: BatchServices
  readonly #touched = new Map<string, TouchedStream>()
  readonly #commands: Append['commands'][number][] = []
  readonly #answers: { task: Task; answer: Answer }[] = []
  /** Takes back what the task in hand has changed so far. */
  readonly #undo: (() => void)[] = []
  /** How much has been encoded so far. */
  text = 0

  constructor(at: string, services: BatchServices) {
    this.#at = at
    this.#services = services
  }

  get tasks(): readonly Task[] {
    return this.#answers.map(({ task }) => task)
  }

  get append(): Append {
    return {
      streams: [...this.#touched].map(([stream, touched]) => this.#streamAppend(stream, touched)),
      commands: this.#commands,
    }
  }

  /** Whether all states that the task needs are at hand. */
  knows(task: Task): boolean {
    return (
      this.#touch(task.aggregate, task.stream) !== undefined &&
      task.references.every(({ aggregate, stream }) => this.#touch(aggregate, stream) !== undefined)
    )
  }

  take(task: Task): void {
    try {
      this.#answers.push({ task, answer: this.#decide(task) })
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo()
      task.fail(error)
    }
    this.#undo.length = 0
  }

  settle({ versions, position }: Extract<AppendResult, { outcome: 'appended' }>): void {
    let index = 0
    for (const [stream, { aggregate, base, state }] of this.#touched) {
      this.#services.remember(aggregate, stream, base.version, { state, version: versions[index++] as number })
    }
    for (const { task, answer } of this.#answers) task.settle(answer(position))
  }

  #decide(task: Task): Answer {
    const own = this.#touched.get(task.stream) as TouchedStream
    const mismatch = !meets(task.expectedVersion, own.version)
    // A precondition on what does not exist must not hide the command's own answer to that (RFC 9110, 13.2.1).
    if (mismatch && own.version > 0) return always({ kind: 'version-mismatch', version: own.version })
    const decision = decide(task, (stream) => this.#touched.get(stream) as TouchedStream, {
      now: this.#at,
      newId: this.#services.newId,
    })
    if ('rejection' in decision) return always({ kind: 'rejected', rejection: decision.rejection })
    if (mismatch) return always({ kind: 'version-mismatch', version: own.version })
    const events = decision.own.map((event) => this.#write(own, task, task.stream, event))
    for (const { stream, event } of decision.foreign) {
      this.#write(this.#touched.get(stream) as TouchedStream, task, stream, event)
    }
    this.#record(task, own.version, events.length)
    const after = { state: own.state, version: own.version }
    return (position) => ({ kind: 'accepted', events, after, position })
  }

  #touch(aggregate: AnyAggregate, stream: string): TouchedStream | undefined {
    const known = this.#touched.get(stream)
    if (known) return known
    const base = this.#services.stateOf(stream)
    if (!base) return undefined
    const touched = { aggregate, base, state: base.state, version: base.version, events: [] }
    this.#touched.set(stream, touched)
    return touched
  }

  #write(touched: TouchedStream, task: Task, stream: string, event: { type: string; data: unknown }): DecidedEvent {
    const id = this.#services.newId()
    const encoded = encodeEvent(id, event.type, event.data, task.metadata)
    const before = touched.state
    const after = touched.aggregate.evolve(before, event)
    this.#undo.push(() => {
      touched.state = before
      touched.version -= 1
      touched.events.pop()
    })
    touched.state = after
    touched.version += 1
    touched.events.push(encoded)
    this.text += encoded.length
    const aggregateId = stream === task.stream ? task.id : stream.slice(stream.indexOf('-') + 1)
    const { version } = touched
    const metadata = { id, aggregateId, stream, version, schemaVersion: 1, recordedAt: this.#at, ...task.metadata }
    return { ...metadata, type: event.type, data: event.data } as DecidedEvent
  }

  #record(task: Task, version: number, count: number): void {
    if (task.hash === undefined) return
    const { stream, hash } = task
    this.#commands.push({ commandId: task.metadata.commandId, stream, version, count, hash })
  }

  #streamAppend(stream: string, { base, events }: TouchedStream): StreamAppend {
    const expected: Expectation = base.version === 0 ? 'absent' : base.version
    return { stream, expected, count: events.length, payload: events.length > 0 ? encodeCommit(this.#at, events) : '' }
  }
}

const always =
  (result: TaskResult): Answer =>
  () =>
    result

function meets(expected: Task['expectedVersion'], version: number): boolean {
  if (expected === undefined) return true
  return expected === 'present' ? version > 0 : expected === version
}
