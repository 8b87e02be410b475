import type * as z from 'zod'
import type { Aggregate, AnyAggregate } from './aggregate.ts'
import type { CommandMessage } from './command.ts'
import type { Duration } from './duration.ts'
import type { EventSchemas, RecordedEvent } from './event.ts'
import type { Reaction, ReactionContext } from './reaction.ts'
import type { Rejection } from './rejection.ts'
import type { Implementations, Services } from './service.ts'

type Reacting = Reaction | Promise<Reaction>

type Reactions<Events extends EventSchemas, S extends Services> = {
  readonly [Type in keyof Events]?: (
    event: RecordedEvent<Type & string, z.output<Events[Type]>>,
    services: Implementations<S>,
    context: ReactionContext,
  ) => Reacting
}

/** A command of a policy that was answered with a business "no". */
export interface RejectedCommand {
  readonly rejection: Rejection
  readonly command: CommandMessage
  /** The event that the policy reacted to. */
  readonly event: RecordedEvent
}

/** What a policy does about a rejection. */
export type RejectionHandler<S extends Services> = (
  rejected: RejectedCommand,
  services: Implementations<S>,
  context: ReactionContext,
) => Reacting

export interface PolicyOptions<S extends Services> {
  /** What its handlers call, by the names that they call it by. */
  readonly services?: S
  /** Reacts to the rejection of a command of this policy, which is otherwise only logged. */
  readonly onRejected?: RejectionHandler<NoInfer<S>>
  /** The longest that one call of a handler may take; `'30 seconds'` if not given. */
  readonly timeout?: Duration
  /** How often an event is tried before its stream is parked (G10); 10 if not given. */
  readonly attempts?: number
  /** Where it begins: with all of history, or, if not given, at the end of the feed when the policy is added. */
  readonly from?: 'start'
}

/** One handler of a policy, as the runtime sees it. */
export interface PolicyHandler {
  readonly aggregate: AnyAggregate
  readonly eventType: string
  readonly react: (event: RecordedEvent, services: unknown, context: ReactionContext) => Reacting
}

/**
 * Reacts to events with commands, at once or later.
 *
 * 1. (G5) An event is handled at least once; the commands that its handler answers take effect exactly once.
 * 2. (G10) An event whose handler fails `attempts` times parks its stream for this policy.
 */
export interface Policy<Name extends string, S extends Services> {
  readonly kind: 'policy'
  readonly name: Name
  readonly services: S
  readonly onRejected: RejectionHandler<S> | undefined
  readonly timeout: Duration
  readonly attempts: number
  readonly from: 'start' | 'end'
  readonly handlers: readonly PolicyHandler[]
  /** Reactions to events of an aggregate, one function an event type. */
  on<Events extends EventSchemas>(
    // biome-ignore lint/suspicious/noExplicitAny: an aggregate of which only the events matter
    source: Aggregate<string, Events, any, any>,
    reactions: Reactions<Events, S>,
  ): Policy<Name, S>
}

// biome-ignore lint/suspicious/noExplicitAny: any policy, whatever its services
export type AnyPolicy = Policy<string, any>

/**
 * Begins a policy.
 *
 * @param name kebab-case; what it has handled is kept under it, and the ids of its commands are derived from it
 * @example
 * const chargeCard = policy('charge-card', { services: { gateway: PaymentGateway } }).on(Payment, {
 *   Created: async (event, { gateway }, { idempotencyKey }) =>
 *     Payment.commands.settle(event.aggregateId, await gateway.charge(event.data, idempotencyKey)),
 * })
 */
export function policy<const Name extends string, S extends Services = Record<never, never>>(
  name: Name,
  options: PolicyOptions<S> = {},
): Policy<Name, S> {
  const { services = {} as S, onRejected, timeout = '30 seconds', attempts = 10, from = 'end' } = options
  return withHandlers({ kind: 'policy', name, services, onRejected, timeout, attempts, from }, [])
}

function withHandlers<Name extends string, S extends Services>(
  settled: Omit<Policy<Name, S>, 'handlers' | 'on'>,
  handlers: readonly PolicyHandler[],
): Policy<Name, S> {
  return {
    ...settled,
    handlers,
    on: (source, reactions) => {
      const added = Object.entries(reactions).map(([eventType, react]) => ({
        aggregate: source as AnyAggregate,
        eventType,
        react: react as PolicyHandler['react'],
      }))
      return withHandlers(settled, [...handlers, ...added])
    },
  }
}
