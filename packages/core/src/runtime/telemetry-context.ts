import { type Context, context, type Link, ROOT_CONTEXT, type Span, type SpanContext, trace } from '@opentelemetry/api'

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The span that a W3C `traceparent` names; undefined when it is not a valid one, which the standard has dropped. */
export function parseTraceparent(traceparent: string | undefined): SpanContext | undefined {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent)
  if (!match) return undefined
  const [, edition, traceId = '', spanId = '', flags = '', more] = match
  if (edition === '00' && more !== undefined) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
}

/** The W3C `traceparent` that names a span. */
function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`
}

/** What work hangs under: the span that a `traceparent` names, else what the caller is doing. */
export function contextOf(traceparent: string | undefined, caller: Context): Context {
  const parent = parseTraceparent(traceparent)
  return parent ? trace.setSpanContext(caller, parent) : caller
}

/** Work that hangs under nothing, whoever sets it off. */
export function detached<Work extends (...parameters: never[]) => unknown>(work: Work): Work {
  return context.bind(ROOT_CONTEXT, work)
}

/** What work under a span hands on to what follows from it: that span if it is a recorded one, else what led to it. */
export function traceparentUnder(span: Span, otherwise: string | undefined): string | undefined {
  return span.isRecording() ? formatTraceparent(span.spanContext()) : otherwise
}

/** Links to what led to shared work: each cause once, `most` at most. */
export function linksTo(traceparents: Iterable<string | undefined>, most: number): Link[] {
  const causes = new Set<string>()
  for (const traceparent of traceparents) {
    if (causes.size === most) break
    if (traceparent !== undefined) causes.add(traceparent)
  }
  return [...causes].flatMap((cause) => {
    const parsed = parseTraceparent(cause)
    return parsed ? [{ context: parsed }] : []
  })
}
