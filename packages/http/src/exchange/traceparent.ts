import { parseTraceparent } from 'weir/runtime'

/** The W3C trace context of the caller; one that is not valid is dropped, as the standard has it. */
export function traceparentOf(header: string | undefined): string | undefined {
  return parseTraceparent(header) && header
}
