import * as z from 'zod'
import { deepFreeze } from '../definitions/deep-freeze.ts'
import {
  type Aggregate,
  type AnyAggregate,
  type AnyPolicy,
  type CommandMessage,
  type EventSchemas,
  implementationsOf,
  type Policy,
  type PolicyHandler,
  type Provision,
  type RecordedEvent,
  type Rejection,
  type Services,
  type Step,
  stepsOf,
} from '../definitions/index.ts'
import { deriveReactionKey } from '../runtime/derived-id.ts'
import { isAggregateId, parseStream } from '../runtime/stream-name.ts'
import { fail, show } from './fail.ts'
import { type GivenEvent, type History, history } from './history.ts'

export interface ReactingOptions {
  /** What does the work of the policy's services; `provide(PaymentGateway, fake)` makes one. */
  readonly services?: readonly Provision[]
  /** Which attempt it is, from 1; 1 if not given. */
  readonly attempt?: number
  /** What ends the handler's work; never aborted if not given. */
  readonly signal?: AbortSignal
}

/** A command as tests compare it. */
export interface ReactedCommand {
  /** The aggregate's name. */
  readonly aggregate: string
  readonly command: string
  /** Not there: a new aggregate. */
  readonly id?: string
  readonly input: unknown
}

/** A step of a reaction as tests compare it: a command now, a command that a timer executes, or a cancelled timer. */
export type ReactedStep =
  | ReactedCommand
  /** `after` in milliseconds. */
  | { readonly timer: string; readonly after: number; readonly command: ReactedCommand }
  | { readonly timer: string; readonly cancelled: true }

/** A policy under test. */
export interface Reacting {
  /**
   * The steps that the policy answers these events of one aggregate with, in order; none for events that it does not
   * react to.
   *
   * @throws AssertionError (the promise rejects) when a command could not be executed: its input does not fit, or its id
   * cannot be one
   * @throws whatever a handler throws
   */
  to<Events extends EventSchemas>(
    // biome-ignore lint/suspicious/noExplicitAny: an aggregate of which only the events matter
    aggregate: Aggregate<string, Events, any, any>,
    id: string,
    ...events: readonly GivenEvent<NoInfer<Events>>[]
  ): Promise<ReactedStep[]>
  /** The steps that the policy answers with, when a command that it gave to the last event of a history is rejected. */
  toRejection(rejection: Rejection, command: CommandMessage, of: History): Promise<ReactedStep[]>
}

/**
 * Begins a test of a policy.
 *
 * @throws Error when the policy calls a service that is not given
 * @example
 * const steps = await reacting(chargeCard, { services: [provide(PaymentGateway, { charge: async () => 'receipt-1' })] })
 *   .to(Payment, 'payment-1', Payment.event('Created', { cents: 370 }))
 * assert.deepEqual(steps, [
 *   { aggregate: 'payment', command: 'settle', id: 'payment-1', input: { receipt: 'receipt-1' } },
 * ])
 */
export function reacting<S extends Services>(policy: Policy<string, S>, options: ReactingOptions = {}): Reacting {
  const { services: provisions = [], attempt = 1, signal = new AbortController().signal } = options
  const name = `policy '${policy.name}'`
  const services = implementationsOf(name, policy.services, provisions)
  const contextOf = ({ id }: RecordedEvent) => {
    return { idempotencyKey: deriveReactionKey(policy.name, id), signal, attempt }
  }
  const react = async (event: RecordedEvent) => {
    const reaction = await handlerOf(policy as AnyPolicy, event)?.react(deepFreeze(event), services, contextOf(event))
    return stepsOf(reaction).map((step) => inWords(name, step))
  }
  return {
    to: async (aggregate, id, ...events) => {
      const steps: ReactedStep[] = []
      for (const event of history(aggregate, id, events).events) steps.push(...(await react(event)))
      return steps
    },
    toRejection: async (rejection, command, { events, stream }) => {
      const event = events.at(-1) ?? fail(`The history of '${stream}' is empty: the policy reacted to nothing`)
      const reaction = await policy.onRejected?.({ rejection, command, event }, services, contextOf(event))
      return stepsOf(reaction).map((step) => inWords(name, step))
    },
  }
}

function handlerOf({ handlers }: AnyPolicy, { type, stream }: RecordedEvent): PolicyHandler | undefined {
  return handlers.find(
    ({ aggregate, eventType }) => eventType === type && aggregate.name === parseStream(stream).aggregate,
  )
}

function inWords(policy: string, step: Step): ReactedStep {
  if (!('kind' in step)) return commandInWords(policy, step)
  if (step.kind === 'cancel') return { timer: step.key, cancelled: true }
  return { timer: step.key, after: step.milliseconds, command: commandInWords(policy, step.command) }
}

function commandInWords(policy: string, step: CommandMessage): ReactedCommand {
  const { command, aggregateId: id, input } = step
  if (command?.kind !== 'command') return fail(`The ${policy} answered with what is no command: ${show(step)}`)
  const aggregate: AnyAggregate = command.aggregate
  const what = `The ${policy} answered with '${command.commandName}' of '${aggregate.name}'`
  if (id !== undefined && !isAggregateId(id)) return fail(`${what}, but '${id}' cannot be the id of an aggregate`)
  const parsed = (command.input as z.ZodType).safeParse(input)
  if (!parsed.success) return fail(`${what}, but its input does not fit:\n${z.prettifyError(parsed.error)}`)
  return { aggregate: aggregate.name, command: command.commandName, ...(id !== undefined && { id }), input }
}
