import type * as z from 'zod'
import { type AnyAggregate, faultLine, type RecordedEvent } from '../definitions/index.ts'
import type { Commit } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { messageOf } from './errors.ts'
import { isKnown, readEvent } from './read-event.ts'
import { parseStream } from './stream-name.ts'

/** Recorded events that the definitions cannot read, or that their schemas do not describe: those of one kind together. */
export interface EventFinding {
  readonly aggregate: string
  /** Undefined when not even that can be read. */
  readonly type: string | undefined
  readonly schemaVersion: number | undefined
  readonly problem: string
  /** Whether the application reads it all the same: nothing holds what is recorded to its schema when it is read. */
  readonly isReadAsRecorded: boolean
  readonly count: number
  /** Where the first one is: `<stream>@<version>`. */
  readonly first: string
}

/** Reads events as the definitions do, and gathers what goes wrong. */
export class EventCheck {
  readonly #aggregates: ReadonlyMap<string, AnyAggregate>
  readonly #findings = new Map<string, EventFinding>()
  #count = 0

  constructor(aggregates: readonly AnyAggregate[]) {
    this.#aggregates = new Map(aggregates.map((aggregate) => [aggregate.name, aggregate]))
  }

  /** How many events have been checked. */
  get count(): number {
    return this.#count
  }

  check(commit: Commit): void {
    this.#count += commit.count
    const { stream, version, count } = commit
    const name = parseStream(stream).aggregate
    const aggregate = this.#aggregates.get(name)
    const unreadable = {
      aggregate: name,
      type: undefined,
      schemaVersion: undefined,
      isReadAsRecorded: false,
      count,
      first: `${stream}@${version}`,
    }
    if (!aggregate) return this.#note({ ...unreadable, problem: 'the application has no such aggregate' })
    const events = attempt(() => decodeCommit(commit))
    if ('problem' in events) return this.#note({ ...unreadable, problem: events.problem })
    for (const event of events.value) this.#checkEvent(aggregate, event)
  }

  /** Of each kind one, by aggregate, type and version. */
  findings(): EventFinding[] {
    return [...this.#findings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding)
  }

  #checkEvent(aggregate: AnyAggregate, event: RecordedEvent): void {
    const found = problemOf(aggregate, event)
    if (!found) return
    const { type, schemaVersion, stream, version } = event
    this.#note({ aggregate: aggregate.name, type, schemaVersion, ...found, count: 1, first: `${stream}@${version}` })
  }

  #note(finding: EventFinding): void {
    const { aggregate, type = '', schemaVersion = 0, problem } = finding
    const key = JSON.stringify([aggregate, type, schemaVersion, problem])
    const before = this.#findings.get(key)
    this.#findings.set(key, before ? { ...before, count: before.count + finding.count } : finding)
  }
}

function problemOf(
  aggregate: AnyAggregate,
  recorded: RecordedEvent,
): Pick<EventFinding, 'problem' | 'isReadAsRecorded'> | undefined {
  const unreadable = (problem: string) => ({ problem, isReadAsRecorded: false })
  if (!isKnown(aggregate, recorded)) return aggregate.raw ? undefined : unreadable('the aggregate has no such event')
  const read = attempt(() => readEvent(aggregate, recorded))
  if ('problem' in read) return unreadable(read.problem)
  const { error } = (aggregate.events[recorded.type] as z.ZodType).safeParse(read.value.data)
  return error && { problem: `the data does not fit its schema: ${faultLine(error)}`, isReadAsRecorded: true }
}

/** What something gives, or why it does not; the innermost reason says no place, so that it is the same for many events. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: work() }
  } catch (error) {
    const { cause = error } = error as Error
    return { problem: messageOf(cause) }
  }
}
