import { formatQuery, type Parameters } from './query-string.ts'

/** The `Link` to the next page of a list (RFC 8288): what was asked for, from this cursor on. */
export function nextLink(address: string, parameters: Parameters, cursor: string): string {
  const others = parameters.filter(([name]) => name !== 'cursor')
  return `<${address}?${formatQuery([...others, ['cursor', cursor]])}>; rel="next"`
}
