import { type Attributes, type Counter, context, type Histogram, type Span, type Tracer } from '@opentelemetry/api'
import type { CommandMessage } from '../definitions/index.ts'
import { systemStopwatch } from '../ports/index.ts'
import { UnavailableError } from './errors.ts'
import { streamOf } from './stream-name.ts'
import { contextOf, traceparentUnder } from './telemetry-context.ts'
import { type Ending, inSeconds, type Sdk, secondsSince, underSpan } from './telemetry-sdk.ts'
import type { ExecuteOptions, Outcome } from './types.ts'

/** Spans and measurements of commands, from their message to their outcome. */
export class CommandTelemetry {
  readonly #app: string
  readonly #tracer: Tracer
  readonly #count: Counter
  readonly #duration: Histogram

  constructor(app: string, { tracer, meter }: Sdk) {
    this.#app = app
    this.#tracer = tracer
    this.#count = meter.createCounter('weir.commands', {
      description: 'Commands, by what became of them',
      unit: '{command}',
    })
    this.#duration = meter.createHistogram('weir.command.duration', {
      description: 'Time from a command to its outcome',
      ...inSeconds,
    })
  }

  /** Executes a command under a span. What is recorded of it then names that span, as long as it is a recorded one. */
  execute(
    message: CommandMessage,
    options: ExecuteOptions,
    execute: (options: ExecuteOptions) => Promise<Outcome>,
  ): Promise<Outcome> {
    const { aggregate, commandName } = message.command
    const started = systemStopwatch()
    const parent = contextOf(options.traceparent, context.active())
    const span = this.#tracer.startSpan(`command ${aggregate.name}.${commandName}`, {}, parent)
    const traceparent = traceparentUnder(span, options.traceparent)
    const conclude = (ending: Ending<Outcome>) => this.#conclude(span, message, ending, started)
    return underSpan(
      span,
      parent,
      () => execute(traceparent === undefined ? options : { ...options, traceparent }),
      conclude,
    )
  }

  #conclude(span: Span, message: CommandMessage, ending: Ending<Outcome>, started: number): void {
    const { aggregate, commandName } = message.command
    const labels: Attributes = {
      'weir.app': this.#app,
      'weir.aggregate': aggregate.name,
      'weir.command': commandName,
      'weir.outcome': wordOf(ending),
    }
    this.#count.add(1, labels)
    this.#duration.record(secondsSince(started), labels)
    if (span.isRecording()) span.setAttributes({ ...labels, ...detailsOf(message, ending) })
  }
}

/** The outcome in one word; of a repeated command it is not `accepted`, so that effects can be counted. */
function wordOf(ending: Ending<Outcome>): string {
  if ('error' in ending) return ending.error instanceof UnavailableError ? 'unavailable' : 'failed'
  const { result } = ending
  return result.outcome === 'accepted' && result.repeated ? 'repeated' : result.outcome
}

/** What has too many values for a measurement. */
function detailsOf({ command, aggregateId }: CommandMessage, ending: Ending<Outcome>): Attributes {
  const outcome = 'result' in ending ? ending.result : undefined
  const id = outcome?.outcome === 'accepted' ? outcome.id : aggregateId
  return {
    ...(id !== undefined && { 'weir.stream': streamOf(command.aggregate, id) }),
    ...(outcome?.outcome === 'rejected' && { 'weir.rejection': outcome.rejection.code }),
  }
}
