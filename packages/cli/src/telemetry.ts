import type { DiagLogger } from '@opentelemetry/api'
import type { Logger } from 'weir/ports'
import type { Environment } from './settings.ts'

/** What leaves this process for a collector of telemetry. */
export interface Telemetry {
  /** Sends what is left; gives up after some seconds, since a collector that is down is no reason not to stop. */
  stop(): Promise<void>
}

/** Milliseconds that the last data may take to be sent: the exporters would try again for much longer. */
const patience = 1500

/** Milliseconds between two complaints about a collector that cannot be reached. */
const complaintsApart = 60_000

/**
 * Sends traces and metrics over OTLP/HTTP when `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector and `TRACING` is not
 * `false`. What sends them is imported only then. Has to be called before a runtime starts.
 */
export async function startTelemetry(
  environment: Environment,
  service: string,
  logger: Logger,
): Promise<Telemetry | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME, TRACING } = environment
  if (!endpoint || TRACING?.toLowerCase() === 'false') return undefined
  const [
    api,
    traces,
    metrics,
    traceExport,
    metricExport,
    { resourceFromAttributes },
    { AsyncLocalStorageContextManager },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
  ])
  const resource = resourceFromAttributes({ 'service.name': OTEL_SERVICE_NAME || service })
  const spanProcessors = [new traces.BatchSpanProcessor({ exporter: new traceExport.OTLPTraceExporter() })]
  const readers = [new metrics.PeriodicExportingMetricReader({ exporter: new metricExport.OTLPMetricExporter() })]
  const tracerProvider = new traces.TracerProvider({ resource, spanProcessors })
  const meterProvider = new metrics.MeterProvider({ resource, readers })
  const complain = complaints(logger, endpoint)
  api.diag.setLogger(diagnosis(complain), api.DiagLogLevel.WARN)
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  api.trace.setGlobalTracerProvider(tracerProvider)
  api.metrics.setGlobalMeterProvider(meterProvider)
  return { stop: () => withinPatience([tracerProvider.shutdown(), meterProvider.shutdown()], complain) }
}

type Complain = (reason: string) => void

async function withinPatience(work: readonly Promise<void>[], complain: Complain): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      complain(`the last of it was not taken within ${patience} ms`)
      resolve()
    }, patience)
  })
  await Promise.race([Promise.allSettled(work), tooLate])
  clearTimeout(timer)
}

/** A line of log now and then: a collector that is down would fill the log else. */
function complaints(logger: Logger, endpoint: string): Complain {
  let last = Number.NEGATIVE_INFINITY
  return (reason) => {
    if (performance.now() - last < complaintsApart) return
    last = performance.now()
    logger.warn({ endpoint, reason }, 'telemetry could not be sent')
  }
}

/** Takes what the SDK complains of. */
function diagnosis(complain: Complain): DiagLogger {
  const ignore = () => {}
  return { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore }
}
