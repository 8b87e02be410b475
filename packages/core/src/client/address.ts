/** What a caller gives to a route, by name. */
export type Input = Readonly<Record<string, unknown>>

/** Puts the path parameters into their places; the rest is for body or query. */
export function addressOf(path: string, input: Input): { readonly address: string; readonly rest: Input } {
  const rest = { ...input }
  const address = path.replace(/:([A-Za-z0-9]+)/g, (_, name: string) => {
    const value = input[name]
    if (value === undefined || value === null || value === '') throw new TypeError(`'${name}' is needed for ${path}`)
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  return { address, rest }
}

/** `?status=open&limit=20`; what is undefined is left out. */
export function queryOf(input: Input): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input)) if (value !== undefined) query.set(name, String(value))
  return query.size > 0 ? `?${query}` : ''
}
