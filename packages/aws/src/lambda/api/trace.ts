const SHAPE = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})/i
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})/i
const SAMPLED = /(?:^|;)\s*Sampled=1/i

/**
 * A trace as X-Ray names it, as a W3C trace context; undefined when it is none. Without a parent the trace's own id stands
 * for it, so that all of one request hang together.
 *
 * @example traceparentFrom('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1')
 * // '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01'
 */
export function traceparentFrom(header: string | undefined): string | undefined {
  const [, time, rest] = header?.match(SHAPE) ?? []
  if (header === undefined || time === undefined || rest === undefined) return undefined
  const parent = PARENT.exec(header)?.[1] ?? rest.slice(-16)
  return `00-${time}${rest}-${parent}-${SAMPLED.test(header) ? '01' : '00'}`.toLowerCase()
}
