import {
  type AnyPolicy,
  type CommandMessage,
  type Implementations,
  milliseconds,
  type PolicyHandler,
  type Reaction,
  type ReactionContext,
  type RecordedEvent,
  type Services,
  type Step,
  stepsOf,
} from '../definitions/index.ts'
import { deriveCommandId, deriveId, deriveReactionKey } from './derived-id.ts'
import type { HandlerCalls } from './reaction-call.ts'
import type { Cause, IssuedCommands } from './reaction-commands.ts'
import type { ConsumerTelemetry } from './telemetry-consumers.ts'
import type { TimerChange } from './timers-book.ts'
import { timerOf } from './timers-made.ts'

export interface ReactionServices {
  readonly policy: AnyPolicy
  /** What the policy's services are implemented by. */
  readonly implementations: Implementations<Services>
  readonly calls: HandlerCalls
  readonly commands: IssuedCommands
  readonly telemetry: ConsumerTelemetry | undefined
}

/** An event that is being reacted to. */
interface Occasion {
  readonly event: RecordedEvent
  /** What its commands follow from. */
  readonly cause: Cause
  readonly attempt: number
  readonly timers: TimerChange[]
}

type Call = (context: ReactionContext) => Reaction | Promise<Reaction>

/**
 * Reacts to events: asks the handler, and does what it answers.
 *
 * 1. Commands are executed one after the other, as they stand. Timers are only answered, to be saved with the event's
 *    being done.
 * 2. (G5) The id of a command is derived from its place among the steps; one that `onRejected` answers stands below the
 *    command that was rejected. What those are rejected with is only logged.
 */
export class Reactions {
  readonly #services: ReactionServices
  readonly #timeout: number

  constructor(services: ReactionServices) {
    this.#services = services
    this.#timeout = milliseconds(services.policy.timeout)
  }

  /**
   * Answers what becomes of timers.
   *
   * @throws what makes this attempt a failure
   */
  react(event: RecordedEvent, handler: PolicyHandler, attempt: number): Promise<readonly TimerChange[]> {
    const { policy, telemetry } = this.#services
    const react = (traceparent: string | undefined) =>
      this.#react({ event, cause: causeOf(event, traceparent), attempt, timers: [] }, handler)
    return telemetry ? telemetry.react(policy.name, event, attempt, react) : react(event.traceparent)
  }

  async #react(occasion: Occasion, { react }: PolicyHandler): Promise<readonly TimerChange[]> {
    const { policy, implementations } = this.#services
    const { event } = occasion
    const key = deriveReactionKey(policy.name, event.id)
    const steps = await this.#ask(occasion, key, (context) => react(event, implementations, context))
    for (const [index, step] of steps.entries()) await this.#take(occasion, step, String(index))
    return occasion.timers
  }

  async #take(occasion: Occasion, step: Step, place: string): Promise<void> {
    if (!isCommand(step)) return takeTimer(occasion, step, place)
    const { policy, implementations } = this.#services
    const { event } = occasion
    const rejection = await this.#execute(occasion, step, place)
    const { onRejected } = policy
    if (!rejection || !onRejected) return
    const below = `${place}.rejected`
    const key = deriveId('reaction', policy.name, event.id, below)
    const rejected = { rejection, command: step, event }
    const steps = await this.#ask(occasion, key, (context) => onRejected(rejected, implementations, context))
    for (const [index, next] of steps.entries()) {
      if (isCommand(next)) await this.#execute(occasion, next, `${below}.${index}`)
      else takeTimer(occasion, next, `${below}.${index}`)
    }
  }

  #execute({ event, cause }: Occasion, message: CommandMessage, place: string) {
    const { policy, commands } = this.#services
    return commands.execute(message, deriveCommandId(policy.name, event.id, place), cause)
  }

  async #ask({ attempt }: Occasion, idempotencyKey: string, call: Call): Promise<readonly Step[]> {
    const { calls } = this.#services
    const reaction = await calls.within(this.#timeout, (signal) => call({ idempotencyKey, signal, attempt }))
    const steps = stepsOf(reaction)
    steps.forEach(expectStep)
    return steps
  }
}

function causeOf(event: RecordedEvent, traceparent: string | undefined): Cause {
  const { id: eventId, stream, version, correlationId } = event
  return { eventId, stream, version, correlationId, traceparent }
}

function isCommand(step: Step): step is CommandMessage {
  return 'command' in step && !('kind' in step)
}

function takeTimer({ event, timers }: Occasion, step: Exclude<Step, CommandMessage>, place: string): void {
  timers.push({ key: step.key, timer: step.kind === 'cancel' ? undefined : timerOf(event, place, step) })
}

/** What a handler answers is checked as a whole before any of it takes effect. */
function expectStep(step: unknown): void {
  const { kind, key, command } = Object(step)
  if (kind === undefined && command?.kind === 'command') return
  if (kind === 'cancel' || (kind === 'after' && command?.command?.kind === 'command')) return expectKey(key)
  throw new Error('it answered what is no step: answer commands, after(…) or cancel(…), in a list if they are several')
}

function expectKey(key: unknown): void {
  if (typeof key === 'string' && key !== '' && key.isWellFormed() && !key.includes('\0')) return
  throw new Error(`a timer cannot have the key ${JSON.stringify(key)}: it has to be well-formed text`)
}
