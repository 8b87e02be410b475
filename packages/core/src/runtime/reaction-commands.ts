import type { CommandMessage, Rejection } from '../definitions/index.ts'
import type { Logger } from '../ports/index.ts'
import type { Commands } from './commands.ts'
import { UnavailableError } from './errors.ts'
import type { Insistence } from './policy-insistence.ts'
import type { ExecuteOptions, InputFault } from './types.ts'

/** What a policy's command follows from. */
export interface Cause {
  readonly eventId: string
  readonly stream: string
  readonly version: number
  readonly correlationId: string
  readonly traceparent: string | undefined
}

export interface IssuedCommandServices {
  readonly policy: string
  readonly execute: Commands['execute']
  readonly insistence: Insistence
  readonly logger: Logger
}

/**
 * Executes a policy's commands.
 *
 * 1. (G5) Each has an id that is derived from its event: however often it is issued, it takes effect once.
 * 2. While it cannot be known whether it took effect, it is issued again.
 */
export class IssuedCommands {
  readonly #services: IssuedCommandServices
  #count = 0

  constructor(services: IssuedCommandServices) {
    this.#services = services
  }

  /** How many have been executed. */
  get count(): number {
    return this.#count
  }

  /**
   * Answers the rejection if it was rejected.
   *
   * @throws Error when it is no command of the application, its input does not fit, or its decision throws
   */
  async execute(message: CommandMessage, commandId: string, cause: Cause): Promise<Rejection | undefined> {
    const { policy, logger } = this.#services
    const outcome = await this.#insist(message, commandId, cause)
    this.#count += 1
    const { commandName: command, aggregate } = message.command
    const fields = { policy, command, aggregate: aggregate.name, aggregateId: message.aggregateId, commandId }
    switch (outcome.outcome) {
      case 'accepted':
        return undefined
      case 'rejected':
        logger.info({ ...fields, rejection: outcome.rejection }, "a policy's command was rejected")
        return outcome.rejection
      case 'id-reused':
        logger.debug(fields, 'a policy issued another command for the same event before: that one counts')
        return undefined
      case 'invalid':
        throw new Error(`the input of its command '${command}' is wrong: ${faultsInWords(outcome.faults)}`)
      case 'version-mismatch':
        throw new Error(`its command '${command}' met version ${outcome.version}, though it expects none`)
    }
  }

  async #insist(message: CommandMessage, commandId: string, cause: Cause) {
    const { policy, execute, insistence } = this.#services
    const options = { commandId, actor: `policy:${policy}`, ...followingFrom(cause) }
    for (let failures = 0; ; failures += 1) {
      try {
        return await execute(message, options)
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error
        await insistence.pause(failures, error)
      }
    }
  }
}

function followingFrom({ eventId, stream, version, correlationId, traceparent }: Cause): ExecuteOptions {
  const trace = traceparent === undefined ? {} : { traceparent }
  return { correlationId, causationId: eventId, causedBy: { stream, version }, ...trace }
}

function faultsInWords(faults: readonly InputFault[]): string {
  return faults.map(({ field, message }) => (field ? `'${field}': ${message}` : message)).join('; ')
}
