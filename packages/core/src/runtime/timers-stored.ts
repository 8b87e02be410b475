import type { AnyCommand, App, CommandMessage } from '../definitions/index.ts'
import type { StoredDocument } from '../ports/index.ts'
import { deriveId } from './derived-id.ts'

/** A command that is to be executed later, as it is kept. */
export interface Timer {
  readonly key: string
  /** Milliseconds since the epoch; null when its command has failed for good. */
  readonly due: number | null
  readonly command: TimerCommand
  /** The event that it was scheduled for, and its stream. */
  readonly eventId: string
  readonly stream: string
  readonly version: number
  readonly correlationId: string
  readonly traceparent: string | undefined
  /** Its place among the steps of the reaction. */
  readonly step: string
  readonly attempts: number
  /** When its command failed first, in milliseconds since the epoch. */
  readonly failedAt: number | undefined
  readonly error: string | undefined
}

interface TimerCommand {
  readonly aggregate: string
  readonly name: string
  readonly id: string | undefined
  readonly input: unknown
}

/** How a timer is written: a document with its key as id. Fields may be added, none is renamed. */
type TimerBody = Omit<Timer, 'key' | 'stream' | 'version'>

export function storedTimer({ key, stream, version, ...body }: Timer): StoredDocument {
  return { id: key, body: JSON.stringify(body satisfies TimerBody), stream, version }
}

export function readTimer({ id, body, stream, version }: StoredDocument): Timer {
  const { error, failedAt, traceparent, ...others }: TimerBody = JSON.parse(body as string)
  return { key: id, stream, version, error, failedAt, traceparent, ...others }
}

/** The id of a timer's command: the same however often it fires (G5). */
export function timerCommandId(policy: string, { eventId, step }: Pick<Timer, 'eventId' | 'step'>): string {
  return deriveId('timer', policy, eventId, step)
}

/**
 * The command of a timer, as the application defines it now.
 *
 * @throws Error when the application has no such command any more
 */
export function timerMessage(app: App, timer: Timer): CommandMessage {
  const { aggregate, name, id, input } = timer.command
  const command = commandOf(app, timer)
  if (!command) {
    throw new Error(
      `the application has no command '${name}' of '${aggregate}' any more: bring it back, or discard the timer`,
    )
  }
  return { command, aggregateId: id, input }
}

/** The command that a timer is to execute, if the application has it. */
export function commandOf(app: App, { command: { aggregate, name } }: Timer): AnyCommand | undefined {
  return app.aggregates.find((each) => each.name === aggregate)?.commands[name]
}
