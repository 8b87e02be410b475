import type * as z from 'zod'
import type { Aggregate, AnyAggregate } from './aggregate.ts'
import type { CommandMessage } from './command.ts'
import type { EventSchemas, RecordedEvent } from './event.ts'

/** Names something that a policy calls, such as a payment gateway; its implementation is given when the app starts. */
export interface Service<Interface> {
  readonly kind: 'service'
  readonly name: string
  /** Only a type. */
  readonly implementation?: Interface
}

/**
 * Declares a service.
 *
 * @example const PaymentGateway = service<{ charge(amount: number): Promise<Receipt> }>('payment-gateway')
 */
export function service<Interface>(name: string): Service<Interface> {
  return { kind: 'service', name }
}

type Services = Readonly<Record<string, Service<unknown>>>

type Implementations<S extends Services> = {
  readonly [Name in keyof S]: S[Name] extends Service<infer Interface> ? Interface : never
}

/** What a policy answers an event with: commands to be executed, or nothing. */
export type Reaction = CommandMessage | readonly CommandMessage[] | undefined

type Reactions<Events extends EventSchemas, S extends Services> = {
  readonly [Type in keyof Events]?: (
    event: RecordedEvent<Type & string, z.output<Events[Type]>>,
    services: Implementations<S>,
  ) => Reaction | Promise<Reaction>
}

/** One handler of a policy, as the runtime sees it. */
export interface PolicyHandler {
  readonly aggregate: AnyAggregate
  readonly eventType: string
  readonly react: (event: RecordedEvent, services: unknown) => Reaction | Promise<Reaction>
}

/** Reacts to events with commands. */
export interface Policy<Name extends string, S extends Services> {
  readonly kind: 'policy'
  readonly name: Name
  readonly services: S
  readonly handlers: readonly PolicyHandler[]
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
 * @param name kebab-case
 * @example
 * const chargeCard = policy('charge-card', { services: { gateway: PaymentGateway } }).on(Payment, {
 *   Created: async (event, { gateway }) => Payment.commands.settle(event.aggregateId, await gateway.charge(event.data)),
 * })
 */
export function policy<const Name extends string, S extends Services = Record<never, never>>(
  name: Name,
  options: { readonly services?: S } = {},
): Policy<Name, S> {
  return withHandlers(name, options.services ?? ({} as S), [])
}

function withHandlers<Name extends string, S extends Services>(
  name: Name,
  services: S,
  handlers: readonly PolicyHandler[],
): Policy<Name, S> {
  return {
    kind: 'policy',
    name,
    services,
    handlers,
    on: (source, reactions) => {
      const added = Object.entries(reactions).map(([eventType, react]) => ({
        aggregate: source as AnyAggregate,
        eventType,
        react: react as PolicyHandler['react'],
      }))
      return withHandlers(name, services, [...handlers, ...added])
    },
  }
}
