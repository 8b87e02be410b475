import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { contextOf, installedSdk, type Sdk, traceparentUnder, underSpan } from 'weir/runtime'
import type { Exchange } from './exchange.ts'
import { traceparentOf } from './traceparent.ts'

/** The bounds that the conventions name, in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']

/** Spans and durations of requests, in the words of OpenTelemetry's conventions for HTTP servers. */
export class RequestTelemetry {
  readonly #tracer: Tracer
  readonly #duration: Histogram

  constructor({ tracer, meter }: Sdk) {
    this.#tracer = tracer
    this.#duration = meter.createHistogram('http.server.request.duration', {
      description: 'Time from a request to its answer',
      unit: 's',
      advice: { explicitBucketBoundaries: BOUNDS },
    })
  }

  /** Undefined when the process has no SDK. */
  static installed(): RequestTelemetry | undefined {
    const sdk = installedSdk()
    return sdk && new RequestTelemetry(sdk)
  }

  /**
   * Answers a request under a span, under which everything hangs that follows from it.
   *
   * @param route its path as the route table has it; undefined when no route takes it
   */
  answer<Answer extends { readonly status: number }>(
    exchange: Exchange,
    route: string | undefined,
    answer: () => Promise<Answer>,
  ): Promise<Answer> {
    const method = METHODS.includes(exchange.request.method) ? exchange.request.method : '_OTHER'
    const name = method === '_OTHER' ? 'HTTP' : method
    const parent = parentOf(exchange)
    const span = this.#tracer.startSpan(route ? `${name} ${route}` : name, { kind: SpanKind.SERVER }, parent)
    exchange.ownTraceparent = traceparentUnder(span, undefined)
    return underSpan(span, parent, answer, (ending) => {
      const labels = labelsOf(exchange, method, route, 'result' in ending ? ending.result.status : 500)
      this.#duration.record((performance.now() - exchange.started) / 1000, labels)
      if (!span.isRecording()) return
      span.setAttributes({ ...labels, 'url.path': exchange.request.path, 'weir.request.id': exchange.requestId })
      if ('error.type' in labels) span.setStatus({ code: SpanStatusCode.ERROR })
    })
  }
}

/** The span of whoever instruments the server already, else the caller's. */
function parentOf(exchange: Exchange): Context {
  const active = context.active()
  return trace.getSpan(active) ? active : contextOf(traceparentOf(exchange.header('traceparent')), active)
}

function labelsOf({ request }: Exchange, method: string, route: string | undefined, status: number): Attributes {
  return {
    'http.request.method': method,
    ...(route !== undefined && { 'http.route': route }),
    'http.response.status_code': status,
    'url.scheme': request.url.slice(0, request.url.indexOf(':')),
    ...(status > 499 && { 'error.type': String(status) }),
  }
}
