import type { RecordedEvent } from 'weir'
import type {
  DeadLetterWithEvent,
  DiscardedLetter,
  PolicyStatus,
  PreviousGeneration,
  ProjectionStatus,
  RebuildStatus,
  TimerStatus,
} from 'weir/runtime'
import * as z from 'zod'

/** What the operations API takes and answers. Every schema is held to the type that the runtime answers. */

/** A value as JSON has it: what is undefined is left out. */
export type AsJson<T> = T extends readonly (infer Item)[]
  ? readonly AsJson<Item>[]
  : T extends object
    ? { [Key in keyof T as undefined extends T[Key] ? never : Key]: AsJson<T[Key]> } & {
        [Key in keyof T as undefined extends T[Key] ? Key : never]?: AsJson<T[Key]> | undefined
      }
    : T

/** An application on this server. */
export interface ServedApp {
  readonly name: string
  readonly title: string
  readonly base: string
  readonly projections: readonly string[]
  readonly policies: readonly string[]
  readonly aggregates: readonly ServedAggregate[]
}

/** An aggregate of an application. */
interface ServedAggregate {
  readonly name: string
  readonly raw: boolean
  readonly events: readonly string[]
}

export const about = (description: string): { description: string } => ({ description })
export const count = (description: string): z.ZodInt => z.int().nonnegative().meta(about(description))
export const moment = (description: string): z.ZodISODateTime => z.iso.datetime().meta(about(description))
export const named = (description: string): z.ZodString => z.string().meta(about(description))

export const servedApp: z.ZodType<ServedApp> = z.object({
  name: named('How paths below `/ops` name it.'),
  title: z.string(),
  base: named('The path that it is served under; empty: the root.'),
  projections: z.array(z.string()),
  policies: z.array(z.string()),
  aggregates: z.array(
    z.object({
      name: named('Names of its streams begin with this and a hyphen.'),
      raw: z.boolean().meta(about('Whether it takes events of any type.')),
      events: z.array(z.string()).meta(about('The types of its events; of a raw one, those that it knows.')),
    }),
  ),
})

/** Who asks. */
export const whoAmI: z.ZodType<{ role: 'operator' | 'reader' }> = z.object({
  role: z.enum(['operator', 'reader']).meta(about('What the key is good for: everything, or looking.')),
})

export const rebuildStatus: z.ZodType<AsJson<RebuildStatus>> = z.object({
  projection: z.string(),
  generation: count('The generation that is, or was, folded.'),
  state: z
    .enum(['running', 'stopped', 'blocked', 'done', 'failed', 'cancelled'])
    .meta(about('`blocked`: it has caught up, but the streams in `newlyParked` wait for a retry, or to be accepted.')),
  done: count('Events folded so far.'),
  total: count('Events in all.'),
  eventsPerSecond: z.number().nonnegative(),
  secondsLeft: z.number().optional().meta(about('Missing while it cannot be told.')),
  startedAt: moment('When it was started.'),
  endedAt: moment('When it ended.').optional(),
  error: named('Why it failed.').optional(),
  newlyParked: z.array(z.string()).meta(about('Streams that are parked in it, and not in the generation that serves.')),
})

const previousGeneration: z.ZodType<AsJson<PreviousGeneration>> = z.object({
  generation: z.int(),
  retiredAt: moment('When another took its place.'),
  keptUntil: moment('Until when one can go back to it.'),
  canServe: z.boolean().meta(about('Whether it was made by the definition that runs.')),
})

export const projectionStatus: z.ZodType<AsJson<ProjectionStatus>> = z.object({
  name: z.string(),
  generation: count('The generation that is read.'),
  current: z.boolean().meta(about('Whether it has seen all that was recorded when the process started.')),
  frozen: z.boolean().meta(about('Whether another definition made it: it is read as it is while a new one is folded.')),
  error: named('Why it does not go on.').optional(),
  parked: count('Streams that wait for repair.'),
  deferred: count('Events that wait for their document.'),
  lag: count('Events that it has not folded yet, about.'),
  rebuild: rebuildStatus.optional(),
  previous: previousGeneration.optional(),
})

export const policyStatus: z.ZodType<AsJson<PolicyStatus>> = z.object({
  name: z.string(),
  error: named('Why it does not go on.').optional(),
  pending: count('Streams with events that are being reacted to, or wait for their next attempt.'),
  parked: count('Streams that wait for repair, and timers whose command has failed for good.'),
  lag: count('Events that it has not looked at yet, about.'),
  timers: count('Commands that are scheduled.'),
})

export const timerStatus: z.ZodType<AsJson<TimerStatus>> = z.object({
  policy: z.string(),
  key: named('Names the timer within its policy.'),
  due: moment('When the command is issued.'),
  command: z.string(),
  aggregateId: z.string().optional(),
  stream: named('Stream of the event that scheduled it.'),
  version: count('Version of that event.'),
})

const eventPlace = z.object({ stream: z.string(), version: z.int() })

export const recordedEvent: z.ZodType<AsJson<RecordedEvent>> = z.object({
  id: z.string(),
  type: z.string(),
  data: z.unknown(),
  aggregateId: z.string(),
  stream: z.string(),
  version: z.int(),
  schemaVersion: z.int(),
  recordedAt: moment('When it was recorded.'),
  commandId: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
  traceparent: z.string().optional(),
  actor: z.string().optional(),
  command: named('The name of the command that recorded it; older events lack it.').optional(),
  causedBy: eventPlace.optional().meta(about("The event that a policy reacted to, if the command was a policy's.")),
  beside: z.array(eventPlace).optional().meta(about('What the same command recorded first in other streams.')),
})

const letter = {
  consumer: named('The projection or policy.'),
  kind: z.enum(['projection', 'policy']),
  stream: z.string(),
  version: count('Version of the event that failed.'),
  document: named('The document that it failed on, when it had waited for that.').optional(),
  error: z.string(),
  attempts: count('How often it was tried.'),
  since: moment('When it failed first.'),
}

export const deadLetter: z.ZodType<AsJson<DeadLetterWithEvent>> = z.object({
  ...letter,
  timer: named('The key of the timer, when it is one.').optional(),
  event: recordedEvent.optional().meta(about('Missing when it cannot be decoded.')),
})

export const discardedLetter: z.ZodType<AsJson<DiscardedLetter>> = z.object({
  ...letter,
  reason: z.string(),
  actor: named('Who gave it up: `operator:` and a short hash of the key.'),
  at: moment('When it was given up.'),
})

export const text: z.ZodString = z.string().regex(/^[^\0]*$/, 'cannot hold NUL characters')
const isName = (what: string) => text.min(1).meta(about(what))

/** Which dead letter is meant. */
export const letterAddress: z.ZodObject<{
  stream: z.ZodString
  document: z.ZodOptional<z.ZodString>
  timer: z.ZodOptional<z.ZodString>
}> = z.strictObject({
  stream: isName('The stream that is parked.'),
  // Documents may have an empty id.
  document: text.meta(about('The document that it failed on, if the dead letter names one.')).optional(),
  timer: isName('The key of the timer, if it is one.').optional(),
})

/** It is shown to whoever asks later: it may not steer a terminal, and has to be storable. */
export const reason: z.ZodString = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}]*$/u, 'cannot hold control characters, or halves of characters')
  .meta(about('Why; it is recorded.'))
export const parkedStreams: z.ZodArray<z.ZodString> = z.array(isName('A stream.')).min(1).max(1000)
export const retryOutcome: z.ZodType<{ outcome: 'applied' | 'parked' }> = z.object({
  outcome: z.enum(['applied', 'parked']).meta(about('`parked`: it failed again, and waits as before.')),
})
export const discardOutcome: z.ZodType<{ outcome: 'discarded' }> = z.object({ outcome: z.literal('discarded') })
