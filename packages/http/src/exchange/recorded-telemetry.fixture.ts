import { type Attributes, context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { onTestFinished } from 'vitest'

/** An SDK that is registered until the test is over; answers the spans that have ended, and what was measured. */
export function recordTelemetry(): { spans(): ReadableSpan[]; measured(): Promise<[string, Attributes][]> } {
  const exporter = new InMemorySpanExporter()
  const reader = new Reader()
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  onTestFinished(() => {
    for (const api of [trace, metrics, context]) api.disable()
  })
  return { spans: () => exporter.getFinishedSpans(), measured: () => reader.measured() }
}

class Reader extends MetricReader {
  async measured(): Promise<[string, Attributes][]> {
    const { resourceMetrics } = await this.collect()
    const found = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    return found.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes }): [string, Attributes] => [descriptor.name, attributes]),
    )
  }

  protected async onShutdown(): Promise<void> {}
  protected async onForceFlush(): Promise<void> {}
}
