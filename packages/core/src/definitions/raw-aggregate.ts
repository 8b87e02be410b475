import * as z from 'zod'
import { type Aggregate, type AnyAggregate, assembled } from './aggregate.ts'
import type { AnyCommandDefinition, Command } from './command.ts'
import type { EventSchemas, NewEvent } from './event.ts'

type RawEventSchema = z.ZodObject<{ type: z.ZodString; data: z.ZodRecord<z.ZodString, z.ZodUnknown> }>

const rawEvent: RawEventSchema = z.object({
  type: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'cannot hold control characters, or halves of characters'),
  data: z.record(z.string(), z.unknown()),
})

/** An event of any type, as it is appended to a raw aggregate. */
export type RawEvent = NewEvent<EventSchemas>

interface RawCommands {
  /** Appends one event of any type; what is known of it has to fit its schema. */
  readonly append: Command<RawEventSchema, RawEvent, undefined>
}

/** An aggregate that is open to any event type. */
export interface RawAggregate<Name extends string, Events extends EventSchemas>
  extends Aggregate<Name, Events, undefined, RawCommands> {
  readonly raw: true
}

/**
 * An aggregate that records events of any type, and decides nothing (G12).
 *
 * 1. Data of a type in `events` has to fit its schema, and is recorded as the schema parses it: else the input is wrong.
 * 2. Any other type is recorded as it is; projections and policies pass it over.
 * 3. Numbers that JSON cannot hold are refused in both: they would be recorded as null.
 * 4. It has no state, so that its streams may become as long as they like.
 *
 * @param name one word in camelCase; streams are called `<name>-<id>`, so it is part of the recorded history
 * @param definition schemas of the event types that projections and policies take; types of those that are `public`
 * @example
 * const Items = rawAggregate('items', { events: { ITEM_CREATED: z.object({ itemId: z.string(), amount: z.int() }) } })
 * await runtime.execute(Items.commands.append(id, { type: 'ITEM_CREATED', data: { itemId: 'a', amount: 2 } }))
 */
export function rawAggregate<const Name extends string, Events extends EventSchemas>(
  name: Name,
  {
    events,
    public: published = [],
  }: { readonly events: Events; readonly public?: readonly (keyof NoInfer<Events> & string)[] },
): RawAggregate<Name, Events> {
  const append: AnyCommandDefinition = {
    input: rawEvent.superRefine((event, context) => {
      for (const issue of issuesOf(events, event)) context.addIssue({ ...issue, path: ['data', ...issue.path] })
    }),
    decide: (_, { type, data }) => ({ type, data }),
  }
  const aggregate: AnyAggregate = assembled({
    name,
    raw: true,
    events,
    public: published,
    initialState: undefined,
    snapshot: undefined,
    evolve: () => undefined,
    evolves: new Set(Object.keys(events)),
    definitions: { append },
  })
  return aggregate as RawAggregate<Name, Events>
}

function issuesOf(events: EventSchemas, { type, data }: z.output<RawEventSchema>): z.core.$ZodIssue[] {
  const schema = Object.hasOwn(events, type) ? events[type] : undefined
  const { issues = [] } = schema?.safeParse(data).error ?? {}
  if (issues.length > 0) return issues
  return infiniteIn(data).map((path) => ({ code: 'custom', path, message: 'is no number that JSON can hold' }))
}

/** Where numbers are that are not finite; `1e999` is read as one. */
function infiniteIn(value: unknown): PropertyKey[][] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [[]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => infiniteIn(part).map((path) => [name, ...path]))
}
