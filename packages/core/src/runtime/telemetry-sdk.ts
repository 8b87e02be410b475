import {
  type Context,
  context,
  createNoopMeter,
  type Meter,
  type MetricOptions,
  metrics,
  ProxyTracerProvider,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { systemStopwatch } from '../ports/index.ts'
import { messageOf } from './errors.ts'

/** Where spans and measurements go. */
export interface Sdk {
  readonly tracer: Tracer
  readonly meter: Meter
}

/** For histograms of durations, from what a memory engine takes to what a caller gives up after. */
export const inSeconds: MetricOptions = {
  unit: 's',
  advice: {
    explicitBucketBoundaries: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
}

/** How long ago the stopwatch showed `started`. */
export function secondsSince(started: number): number {
  return (systemStopwatch() - started) / 1000
}

const SCOPE = 'weir'

/**
 * The OpenTelemetry SDK that the process has registered; undefined when there is none, so that nobody pays for spans
 * that nobody sees. Register it first: whoever asks does so once, when it starts.
 */
export function installedSdk(): Sdk | undefined {
  const provider = trace.getTracerProvider()
  const tracer = provider instanceof ProxyTracerProvider ? provider.getDelegateTracer(SCOPE) : provider.getTracer(SCOPE)
  const meter = metrics.getMeter(SCOPE)
  if (!tracer && meter === createNoopMeter()) return undefined
  return { tracer: tracer ?? trace.getTracer(SCOPE), meter }
}

/** What became of a piece of work. */
export type Ending<Result> = { readonly result: Result } | { readonly error: unknown }

/** Does work under a span, which ends with it; `conclude` adds what is to be said of the ending. */
export async function underSpan<Result>(
  span: Span,
  parent: Context,
  work: () => Result | Promise<Result>,
  conclude: (ending: Ending<Result>) => void,
): Promise<Result> {
  const ending = await endingOf(() => context.with(trace.setSpan(parent, span), work))
  if ('error' in ending) recordFailure(span, ending.error)
  conclude(ending)
  span.end()
  if ('error' in ending) throw ending.error
  return ending.result
}

async function endingOf<Result>(work: () => Result | Promise<Result>): Promise<Ending<Result>> {
  try {
    return { result: await work() }
  } catch (error) {
    return { error }
  }
}

/** Marks a span as failed, with what was thrown. */
function recordFailure(span: Span, error: unknown): void {
  if (!span.isRecording()) return
  const message = messageOf(error)
  const { name, stack } = error instanceof Error ? error : new Error(message)
  span.recordException({ name, message, stack })
  span.setStatus({ code: SpanStatusCode.ERROR, message })
  span.setAttribute('error.type', name)
}
