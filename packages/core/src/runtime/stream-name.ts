import type { AnyAggregate } from '../definitions/index.ts'

const AGGREGATE_ID = /^(?!\.{1,2}$)[A-Za-z0-9._~:@-]{1,128}$/

/** Whether a text can be an aggregate's id: 1 to 128 letters, digits and `._~:@-`, but no path segment `.` or `..`. */
export function isAggregateId(text: string): boolean {
  return AGGREGATE_ID.test(text)
}

/** `<aggregate>-<id>`. */
export function streamOf(aggregate: AnyAggregate, id: string): string {
  return `${aggregate.name}-${id}`
}

/** The two parts of a stream's name; aggregate names hold no hyphen. */
export function parseStream(stream: string): { readonly aggregate: string; readonly id: string } {
  const hyphen = stream.indexOf('-')
  return { aggregate: stream.slice(0, hyphen), id: stream.slice(hyphen + 1) }
}
