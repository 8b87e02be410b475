import type * as z from 'zod'

/** Event schemas by event type. */
export type EventSchemas = Readonly<Record<string, z.ZodType>>

/** An event as a decision writes it: a type and the data that its schema describes. */
export type NewEvent<Events extends EventSchemas> = {
  [Type in keyof Events & string]: { readonly type: Type; readonly data: z.output<Events[Type]> }
}[keyof Events & string]

/** What is recorded with every event beside its type and data. */
export interface EventMetadata {
  /** UUIDv7. */
  readonly id: string
  readonly aggregateId: string
  /** `<aggregate>-<aggregateId>`. */
  readonly stream: string
  /** Place in the stream, from 1. */
  readonly version: number
  /** The version of the event's schema that `data` has: when it is handled, the newest. */
  readonly schemaVersion: number
  /** ISO 8601, UTC. */
  readonly recordedAt: string
  readonly commandId: string
  /** Shared by all that followed from one request. */
  readonly correlationId: string
  /** The event that a policy reacted to; the command itself when nothing else led to it. */
  readonly causationId: string
  /** W3C trace context: of the command's span when that is recorded, else of its caller. */
  readonly traceparent: string | undefined
  /** Who asked for it, as the caller named them. */
  readonly actor: string | undefined
  /** The name of the command, where it was recorded: not in what older versions of Weir wrote. */
  readonly command?: string | undefined
  /** Where the event is that a policy reacted to: of `causationId`, if the command was a policy's. */
  readonly causedBy?: EventPlace | undefined
  /** The first events that the same command recorded in other streams, if it wrote to several. */
  readonly beside?: readonly EventPlace[] | undefined
}

/** Where an event is. */
export interface EventPlace {
  readonly stream: string
  readonly version: number
}

/** An event as consumers read it. */
export interface RecordedEvent<Type extends string = string, Data = unknown> extends EventMetadata {
  readonly type: Type
  readonly data: Data
}
