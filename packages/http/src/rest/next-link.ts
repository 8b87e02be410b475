import { formatQuery, type Parameters } from './query-string.ts'

/** The `Link` to the next page of a list (RFC 8288): what was asked for, with the parameters that turn the page. */
export function nextLink(address: string, parameters: Parameters, turned: Readonly<Record<string, string>>): string {
  const others = parameters.filter(([name]) => !Object.hasOwn(turned, name))
  return `<${address}?${formatQuery([...others, ...Object.entries(turned)])}>; rel="next"`
}
