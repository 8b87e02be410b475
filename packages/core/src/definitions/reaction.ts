import type { CommandMessage } from './command.ts'
import { type Duration, milliseconds } from './duration.ts'

/** A command to be executed later, unless its timer is cancelled or replaced before. */
export interface ScheduledCommand {
  readonly kind: 'after'
  /** Counted from the event's `recordedAt`. */
  readonly milliseconds: number
  readonly command: CommandMessage
  /** Names the timer within its policy. */
  readonly key: string
}

/** A timer that is not wanted any more. */
export interface CancelledTimer {
  readonly kind: 'cancel'
  readonly key: string
}

/** One thing that a policy answers an event with. */
export type Step = CommandMessage | ScheduledCommand | CancelledTimer

/** What a policy answers an event with: steps in their order, or nothing. */
export type Reaction = Step | readonly Step[] | undefined

/** What a policy's handlers are told beside the event. */
export interface ReactionContext {
  /** The same at every attempt for this policy and event: hand it to services, so that they do their work once. */
  readonly idempotencyKey: string
  /** Aborted when the time limit is over, and when the application stops. */
  readonly signal: AbortSignal
  /** Which attempt this is, from 1. */
  readonly attempt: number
}

/**
 * Executes a command later. A timer of the same key in this policy is replaced.
 *
 * @param delay from the event's `recordedAt` on
 * @param options `key` names the timer within its policy
 * @throws RangeError when `delay` is no duration
 * @example after('15 minutes', Order.commands.cancel(orderId, { note: 'Not paid' }), { key: orderId })
 */
export function after(delay: Duration, command: CommandMessage, { key }: { readonly key: string }): ScheduledCommand {
  return { kind: 'after', milliseconds: milliseconds(delay), command, key }
}

/**
 * Cancels a timer of this policy; when there is none, nothing happens.
 *
 * @example cancel(orderId)
 */
export function cancel(key: string): CancelledTimer {
  return { kind: 'cancel', key }
}

/** The steps of a reaction, in their order. */
export function stepsOf(reaction: Reaction): readonly Step[] {
  if (reaction === undefined) return []
  return Array.isArray(reaction) ? reaction : [reaction as Step]
}
