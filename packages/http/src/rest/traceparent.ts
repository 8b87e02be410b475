const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/

/** The W3C trace context of the caller; one that is not valid is dropped, as the standard has it. */
export function traceparentOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const match = TRACEPARENT.exec(header)
  return match && !(header.startsWith('00') && match[1] !== undefined) ? header : undefined
}
