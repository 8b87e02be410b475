import type * as z from 'zod'
import type { Aggregate, AnyAggregate } from './aggregate.ts'
import type { EventSchemas, NewEvent } from './event.ts'
import type { Rejection } from './rejection.ts'

/** Another aggregate that a command takes into its decision; its id stands in the input field `idField`. */
export interface AggregateReference<Target extends AnyAggregate = AnyAggregate, Field extends string = string> {
  readonly aggregate: Target
  readonly idField: Field
}

export type AggregateReferences = Readonly<Record<string, AggregateReference>>

/** Another aggregate as `decide` sees it, at the exact version that the append will insist on (G1). */
export interface ReadAggregate<State> {
  readonly id: string
  readonly state: State
  /** 0 when it does not exist yet. */
  readonly version: number
}

/** Another aggregate that the command may also write to. */
export interface WrittenAggregate<Events extends EventSchemas, State> extends ReadAggregate<State> {
  /** Makes an event for this aggregate, to be returned from `decide` with the command's own events. */
  event<Type extends keyof Events & string>(type: Type, data: z.output<Events[Type]>): ForeignEvent<Events, Type>
}

/** An event that a command writes to another aggregate's stream. */
export interface ForeignEvent<
  Events extends EventSchemas = EventSchemas,
  Type extends keyof Events & string = keyof Events & string,
> {
  /** The name under which the command declares the aggregate in `writes`. */
  readonly to: string
  readonly type: Type
  readonly data: z.output<Events[Type]>
}

type Reads<References> = unknown extends References
  ? unknown
  : {
      readonly [Name in keyof References]: References[Name] extends AggregateReference<
        // biome-ignore lint/suspicious/noExplicitAny: `any` lets every aggregate match so that its state can be inferred
        Aggregate<any, any, infer State, any>,
        string
      >
        ? ReadAggregate<State>
        : never
    }

type Writes<References> = unknown extends References
  ? unknown
  : {
      readonly [Name in keyof References]: References[Name] extends AggregateReference<
        // biome-ignore lint/suspicious/noExplicitAny: as above
        Aggregate<any, infer Events, infer State, any>,
        string
      >
        ? WrittenAggregate<Events, State>
        : never
    }

type ForeignEvents<References> = unknown extends References
  ? never
  : {
      [Name in keyof References]: References[Name] extends AggregateReference<
        // biome-ignore lint/suspicious/noExplicitAny: as above
        Aggregate<any, infer Events, any, any>,
        string
      >
        ? { [Type in keyof Events & string]: ForeignEvent<Events, Type> }[keyof Events & string]
        : never
    }[keyof References]

/** What `decide` may use besides state and input: all of it comes from ports, so that a decision can be repeated. */
export interface DecideContext {
  /** The aggregate's id. */
  readonly id: string
  /** ISO 8601, UTC. */
  readonly now: string
  /** A new UUIDv7. */
  newId(): string
}

/** What a command decides: one event, several, none, or a rejection. */
export type Decision<Event> = Event | readonly Event[] | Rejection | undefined

/** How one command is declared. `reads` and `writes` name further aggregates, which `decide` finds in its context. */
export interface CommandDefinition<Events extends EventSchemas, State, Input extends z.ZodType, R, W> {
  readonly input: Input
  readonly decide: (
    state: State,
    input: z.output<Input>,
    context: DecideContext & Reads<R> & Writes<W>,
  ) => Decision<NewEvent<Events> | ForeignEvents<W>>
}

/** The same without its types, as the runtime sees it. */
export interface AnyCommandDefinition {
  readonly input: z.ZodType
  readonly reads?: AggregateReferences
  readonly writes?: AggregateReferences
  // biome-ignore lint/suspicious/noExplicitAny: the runtime hands over what the definition's own types describe
  readonly decide: (state: any, input: any, context: any) => Decision<any>
}

/** A command for one aggregate instance, ready to be executed. */
export interface CommandMessage<Event = unknown, State = unknown> {
  readonly command: AnyCommand
  /** Undefined: a new aggregate, whose id the runtime makes. */
  readonly aggregateId: string | undefined
  readonly input: unknown
  /** Only a type: what the execution of this message answers with. */
  readonly answers?: { readonly event: Event; readonly state: State }
}

/**
 * A command of an aggregate: call it to make a message, or put it in a route table.
 *
 * @example
 * await runtime.execute(Concert.commands.schedule.create({ name, date, venue, seats }))
 * await runtime.execute(Concert.commands.buyTicket(concertId, { customerName, customerEmail }))
 */
export interface Command<Input extends z.ZodType = z.ZodType, Event = unknown, State = unknown> {
  (aggregateId: string, input: z.input<Input>): CommandMessage<Event, State>
  /** A message for an aggregate that does not exist yet. */
  create(input: z.input<Input>): CommandMessage<Event, State>
  readonly kind: 'command'
  readonly commandName: string
  readonly input: Input
  readonly aggregate: AnyAggregate
}

// biome-ignore lint/suspicious/noExplicitAny: any command, whatever it takes and answers
export type AnyCommand = Command<any, any, any>

/** Makes the callable command values of an aggregate out of their definitions. */
export function commandOf(aggregate: AnyAggregate, commandName: string, input: z.ZodType): AnyCommand {
  const command: AnyCommand = Object.assign(
    (aggregateId: string, data: unknown): CommandMessage => ({ command, aggregateId, input: data }),
    {
      create: (data: unknown): CommandMessage => ({ command, aggregateId: undefined, input: data }),
      kind: 'command' as const,
      commandName,
      input,
      aggregate,
    },
  )
  return command
}
