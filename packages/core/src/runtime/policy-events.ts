import type { AnyAggregate, AnyPolicy, PolicyHandler, RecordedEvent } from '../definitions/index.ts'
import type { Commit } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { isKnown, readEvent } from './read-event.ts'
import { parseStream } from './stream-name.ts'

/** An event that a policy has a handler for, or why it cannot be known whether it has. */
export type DueEvent = {
  readonly version: number
  /** Where it ends: a commit that cannot be decoded is due as a whole. */
  readonly last: number
} & ({ readonly event: RecordedEvent; readonly handler: PolicyHandler } | { readonly failure: unknown })

interface Source {
  readonly aggregate: AnyAggregate
  readonly byType: ReadonlyMap<string, PolicyHandler>
}

/** Finds what a policy has to react to. */
export class PolicyEvents {
  readonly #sources: ReadonlyMap<string, Source>

  constructor({ handlers }: AnyPolicy) {
    const byAggregate = Map.groupBy(handlers, ({ aggregate }) => aggregate)
    this.#sources = new Map(
      [...byAggregate].map(([aggregate, own]) => {
        const byType = new Map(own.map((handler) => [handler.eventType, handler]))
        return [aggregate.name, { aggregate, byType }]
      }),
    )
  }

  /** Whether the policy takes events of this kind of stream. */
  isFedBy(stream: string): boolean {
    return this.#sources.has(parseStream(stream).aggregate)
  }

  /** @throws UndecodableEventError when the event cannot be read */
  read(recorded: RecordedEvent): RecordedEvent {
    const source = this.#sources.get(parseStream(recorded.stream).aggregate)
    return source ? readEvent(source.aggregate, recorded) : recorded
  }

  /** What of a commit is due from a version on, in order. */
  dueIn(commit: Commit, from: number): DueEvent[] {
    const source = this.#sources.get(parseStream(commit.stream).aggregate)
    if (!source) return []
    try {
      return decodeCommit(commit).flatMap((event) => (event.version < from ? [] : dueOf(source, event)))
    } catch (failure) {
      return [{ version: Math.max(commit.version, from), last: lastOf(commit), failure }]
    }
  }
}

/** An event that the aggregate does not know cannot be passed over: a later version of the policy may handle it. */
function dueOf({ aggregate, byType }: Source, recorded: RecordedEvent): DueEvent[] {
  const handler = byType.get(recorded.type)
  if (!handler && (aggregate.raw || isKnown(aggregate, recorded))) return []
  const { version } = recorded
  try {
    const event = readEvent(aggregate, recorded)
    return handler ? [{ version, last: version, event, handler }] : []
  } catch (failure) {
    return [{ version, last: version, failure }]
  }
}

/** The version of a commit's last event. */
export function lastOf({ version, count }: Commit): number {
  return version + count - 1
}
