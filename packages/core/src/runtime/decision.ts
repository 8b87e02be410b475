import * as z from 'zod'
import type { AnyAggregate, DecideContext, ForeignEvent, NewEvent, Rejection } from '../definitions/index.ts'
import type { VersionedState } from './state-store.ts'
import type { Task, TaskReference } from './task.ts'

type AnyEvent = NewEvent<Record<string, never>>

/** Events to be appended, by the task's own stream and by that of each aggregate that it writes to. */
export interface DecidedWrites {
  readonly own: readonly AnyEvent[]
  readonly foreign: readonly { readonly stream: string; readonly event: AnyEvent }[]
}

export type DecisionResult = { readonly rejection: Rejection } | DecidedWrites

const NOTHING: DecidedWrites = { own: [], foreign: [] }

/**
 * Lets a task decide.
 *
 * @param stateOf the state of each stream that the task names
 * @throws what `decide` throws, and an Error when it returns events that do not fit their schemas
 */
export function decide(
  task: Task,
  stateOf: (stream: string) => VersionedState,
  now: string,
  newId: () => string,
): DecisionResult {
  const { definition, input, id, references } = task
  const own = stateOf(task.stream)
  const context: DecideContext & Record<string, unknown> = { id, now, newId }
  for (const { name, id: otherId, stream, writable } of references) {
    const { state, version } = stateOf(stream)
    const event = (type: string, data: unknown) => ({ to: name, type, data })
    context[name] = writable ? { id: otherId, state, version, event } : { id: otherId, state, version }
  }
  const decision: unknown = definition.decide(own.state, input, context)
  if (decision === undefined) return NOTHING
  if (decision instanceof Promise) throw asynchronous(task, decision)
  if (isRejection(decision)) return { rejection: decision }
  const events = (Array.isArray(decision) ? decision : [decision]) as (AnyEvent | ForeignEvent)[]
  return sort(task, events)
}

function sort(task: Task, events: readonly (AnyEvent | ForeignEvent)[]): DecidedWrites {
  const own: AnyEvent[] = []
  const foreign: { stream: string; event: AnyEvent }[] = []
  for (const event of events) {
    const { aggregate, stream } = 'to' in event ? targetOf(task, event.to) : task
    const fit = checked(task, aggregate, event)
    // A reference may lead back to the command's own aggregate.
    if (stream === task.stream) own.push(fit)
    else foreign.push({ stream, event: fit })
  }
  return { own, foreign }
}

function targetOf(task: Task, name: string): TaskReference {
  const target = task.references.find((reference) => reference.writable && reference.name === name)
  if (!target) throw new Error(`A decision wrote to '${name}', which the command does not declare in 'writes'`)
  return target
}

/**
 * History is forever: what does not fit its schema is not recorded, and what the schema does not know is dropped. Only raw
 * aggregates record what has no schema.
 */
function checked(task: Task, { name, events, raw }: AnyAggregate, event: AnyEvent | ForeignEvent): AnyEvent {
  const { type, data } = event
  const schema: z.ZodType | undefined = Object.hasOwn(events, type) ? events[type] : undefined
  if (!schema && raw) return { type, data } as AnyEvent
  const parsed = schema?.safeParse(data)
  if (parsed?.success) return { type, data: parsed.data } as AnyEvent
  const why = parsed ? z.prettifyError(parsed.error) : 'the aggregate has no such event'
  throw new Error(`A decision on ${task.stream} made an event '${type}' that ${name} cannot record: ${why}`)
}

/** The promise is nobody's any more: that it fails must not end the process. */
function asynchronous({ stream }: Task, decision: Promise<unknown>): Error {
  decision.catch(() => {})
  return new Error(`A decision on ${stream} is asynchronous: decide has to answer at once`)
}

function isRejection(decision: unknown): decision is Rejection {
  return (decision as { kind?: unknown }).kind === 'rejection'
}
