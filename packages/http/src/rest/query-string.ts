/** Query parameters in order, decoded. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** Reads a query string, or answers undefined when its percent-encoding is malformed. */
export function parseQuery(query: string): Parameters | undefined {
  try {
    return query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const [name, ...value] = part.split('=')
        return [decode(name as string), decode(value.join('='))]
      })
  } catch {
    return undefined
  }
}

/** The opposite of `parseQuery`. */
export function formatQuery(parameters: Parameters): string {
  return Array.from(parameters, ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))
