import { type Attributes, context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { expect, onTestFinished } from 'vitest'

/** An SDK that is registered until the test is over, and keeps what it is told. */
export function recordTelemetry(sampler?: Sampler): Recorded {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor({ exporter })]
  const tracing = new TracerProvider({ spanProcessors, ...(sampler && { sampler }) })
  const reader = new Reader()
  trace.setGlobalTracerProvider(tracing)
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  onTestFinished(() => {
    for (const api of [trace, metrics, context]) api.disable()
  })
  return {
    spans: async (name) => {
      await tracing.forceFlush()
      return exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name)
    },
    measured: (name) => reader.measured(name),
  }
}

export interface Recorded {
  /** Those that have ended, in that order: of one name, or all. */
  spans(name?: string): Promise<ReadableSpan[]>
  /** What an instrument has counted so far, by its attributes; of a histogram, how often. */
  measured(name: string): Promise<[attributes: Attributes, value: number][]>
}

/** The one span of a name. */
export async function only(telemetry: Recorded, name: string): Promise<ReadableSpan> {
  const [span, ...others] = await telemetry.spans(name)
  expect(others).toEqual([])
  if (!span) throw new Error(`there is no span '${name}'`)
  return span
}

export function spanIdOf(span: ReadableSpan): string {
  return span.spanContext().spanId
}

class Reader extends MetricReader {
  async measured(name: string): Promise<[Attributes, number][]> {
    const { resourceMetrics, errors } = await this.collect()
    if (errors.length > 0) throw new AggregateError(errors, 'could not be collected')
    const found = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === name)
    return found.flatMap(({ dataPoints }) =>
      dataPoints.map(({ attributes, value }): [Attributes, number] => [
        attributes,
        typeof value === 'number' ? value : value.count,
      ]),
    )
  }

  protected async onShutdown(): Promise<void> {}
  protected async onForceFlush(): Promise<void> {}
}
