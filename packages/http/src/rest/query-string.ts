/** Query parameters in order, decoded, or undefined when the percent-encoding is malformed. */
export function parseQuery(query: string): (readonly [name: string, value: string])[] | undefined {
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
export function formatQuery(parameters: Iterable<readonly [name: string, value: string]>): string {
  return Array.from(parameters, ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))
