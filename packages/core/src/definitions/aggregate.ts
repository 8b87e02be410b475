import type * as z from 'zod'
import {
  type AggregateReference,
  type AnyCommandDefinition,
  type Command,
  type CommandDefinition,
  commandOf,
} from './command.ts'
import { deepFreeze } from './deep-freeze.ts'
import type { EventSchemas, NewEvent } from './event.ts'

/** Keeping an aggregate's state beside its events, so that a long stream need not be read from its start. */
export interface SnapshotOptions<State> {
  /** Describes the state as JSON; a snapshot that does not match is ignored. */
  readonly schema: z.ZodType<State>
  /** Raise it whenever an evolve handler changes its result: older snapshots are then ignored. */
  readonly revision: number
  /** How many events lie between two snapshots; 1,000 if not given. */
  readonly every?: number
}

/**
 * A decider: events, the state that they fold into, and the commands that decide on it.
 * (Jérémie Chassaing, "Functional Event Sourcing Decider", 2021.)
 */
export interface Aggregate<Name extends string, Events extends EventSchemas, State, Commands> {
  readonly kind: 'aggregate'
  readonly name: Name
  /** Whether it is open to any event type: see `rawAggregate`. */
  readonly raw: boolean
  readonly events: Events
  /** The types of those events that other systems may be told of: see `publicEvents`. */
  readonly public: readonly string[]
  readonly initialState: State
  readonly snapshot: SnapshotOptions<State> | undefined
  /** State after one more event. */
  evolve(state: State, event: NewEvent<Events>): State
  readonly commands: Commands
  /** @internal Decisions by command name. */
  readonly definitions: Readonly<Record<string, AnyCommandDefinition>>
  /** Event types that have an evolve handler. */
  readonly evolves: ReadonlySet<string>
  /**
   * Names an instance for a command of another aggregate: the one whose id stands in the command's input.
   *
   * @example reads: { order: Order.at('orderId') }
   */
  at<const Field extends string>(idField: Field): AggregateReference<Aggregate<Name, Events, State, Commands>, Field>
  /** Makes an event of this aggregate, for tests and given histories. */
  event<Type extends keyof Events & string>(
    type: Type,
    data: z.output<Events[Type]>,
  ): { readonly type: Type; readonly data: z.output<Events[Type]> }
}

// biome-ignore lint/suspicious/noExplicitAny: any aggregate, whatever its events, state and commands
export type AnyAggregate = Aggregate<string, any, any, any>

type EvolveHandlers<Events extends EventSchemas, State> = {
  readonly [Type in keyof Events]: (state: State, data: z.output<Events[Type]>) => State
}

type InputSchemas = Readonly<Record<string, z.ZodType>>

type CommandsOf<Events extends EventSchemas, State, Inputs extends InputSchemas> = {
  readonly [Name in keyof Inputs]: Command<Inputs[Name], NewEvent<Events>, State>
}

/** An aggregate whose evolve handlers are still to be given. */
export interface WithEvents<Name extends string, Events extends EventSchemas, State> {
  /** One pure function an event type: the state before it and its data give the state after it. */
  evolve(handlers: EvolveHandlers<Events, State>): WithEvolve<Name, Events, State>
}

/** An aggregate whose commands are still to be given. */
export interface WithEvolve<Name extends string, Events extends EventSchemas, State> {
  /** The commands: input schema, further aggregates, and the pure function that decides. */
  commands<
    Inputs extends InputSchemas,
    R extends { readonly [Command in keyof R]: unknown },
    W extends { readonly [Command in keyof W]: unknown },
  >(
    definitions: {
      readonly [Name in keyof Inputs]: CommandDefinition<
        Events,
        State,
        Inputs[Name],
        Name extends keyof R ? R[Name] : unknown,
        Name extends keyof W ? W[Name] : unknown
      >
    } & { readonly [Name in keyof R]: { readonly reads?: R[Name] } } & {
      readonly [Name in keyof W]: { readonly writes?: W[Name] }
    },
  ): Aggregate<Name, Events, State, CommandsOf<Events, State, Inputs>>
}

/**
 * Begins an aggregate.
 *
 * @param name one word in camelCase; streams are called `<name>-<id>`, so it is part of the recorded history
 * @param definition event schemas (what they describe must survive JSON), the types of events that are `public`, the
 * state before the first event, snapshots
 * @example
 * const Counter = aggregate('counter', {
 *   events: { Increased: z.object({ by: z.int() }) },
 *   initialState: 0,
 * })
 *   .evolve({ Increased: (total, { by }) => total + by })
 *   .commands({
 *     increase: { input: z.object({ by: z.int() }), decide: (_, { by }) => ({ type: 'Increased', data: { by } }) },
 *   })
 */
export function aggregate<const Name extends string, Events extends EventSchemas, State>(
  name: Name,
  definition: {
    readonly events: Events
    readonly public?: readonly (keyof NoInfer<Events> & string)[]
    readonly initialState: State
    readonly snapshot?: SnapshotOptions<NoInfer<State>>
  },
): WithEvents<Name, Events, State> {
  const { events, public: published = [], snapshot } = definition
  // All instances begin with this one value, and states are kept: nobody may change them in place.
  const initialState = deepFreeze(definition.initialState)
  return {
    evolve: (handlers) => {
      const handlerOf = new Map(Object.entries(handlers))
      const evolve = (state: State, event: NewEvent<Events>): State => {
        const handler = handlerOf.get(event.type)
        return handler ? Object.freeze(handler(state, event.data as never)) : state
      }
      const evolves = new Set(handlerOf.keys())
      return {
        commands: (definitions) =>
          assembled({
            ...{ name, raw: false, events, public: published, initialState, snapshot, evolves },
            evolve: evolve as AnyAggregate['evolve'],
            definitions: definitions as unknown as AnyAggregate['definitions'],
          }) as never,
      }
    },
  }
}

/** Puts an aggregate together out of its parts, with its commands ready to be called. */
export function assembled(parts: Omit<AnyAggregate, 'kind' | 'commands' | 'at' | 'event'>): AnyAggregate {
  const commands: Record<string, unknown> = {}
  const self: AnyAggregate = {
    kind: 'aggregate',
    ...parts,
    commands,
    at: (idField) => ({ aggregate: self, idField }) as never,
    event: (type, data) => ({ type, data }),
  }
  for (const [name, { input }] of Object.entries(self.definitions)) commands[name] = commandOf(self, name, input)
  return self
}
