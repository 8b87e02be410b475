/** A route of an HTTP API, such as `GET /orders/{id}`, `ANY /{proxy+}` or `$default`. */
export interface Route<T> {
  readonly key: string
  readonly target: T
}

export interface MatchedRoute {
  readonly key: string
  readonly parameters: Readonly<Record<string, string>>
}

interface Compiled<T> extends Route<T> {
  readonly method: string
  readonly pattern: RegExp
  readonly rank: readonly number[]
}

/** Finds the route of a request: the most specific one, as an HTTP API does. */
export type Router<T> = (method: string, path: string) => (MatchedRoute & { readonly target: T }) | undefined

export function routerOf<T>(routes: readonly Route<T>[]): Router<T> {
  const compiled = routes.map(compile).sort((a, b) => compare(a.rank, b.rank))
  return (method, path) => {
    for (const { key, target, method: wanted, pattern } of compiled) {
      const match = wanted === 'ANY' || wanted === method ? pattern.exec(path) : null
      if (match) return { key, target, parameters: { ...match.groups } }
    }
    return undefined
  }
}

/** Static parts go before parameters, those before `{proxy+}`, a method before ANY, `$default` comes last. */
function compile<T>(route: Route<T>): Compiled<T> {
  const [method = 'ANY', path] = route.key === '$default' ? ['ANY', undefined] : route.key.split(' ')
  if (path === undefined) return { ...route, method: 'ANY', pattern: /^/, rank: [9] }
  const parts = path.split('/').slice(1)
  const source = parts.map((part) => {
    const name = /^\{(\w+)(\+?)\}$/.exec(part)
    if (!name) return `/${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
    return name[2] ? `/(?<${name[1]}>.+)` : `/(?<${name[1]}>[^/]+)`
  })
  const rank = parts.map((part) => (part.endsWith('+}') ? 2 : part.startsWith('{') ? 1 : 0))
  return { ...route, method, pattern: new RegExp(`^${source.join('')}/?$`), rank: [...rank, method === 'ANY' ? 1 : 0] }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, rank] of a.entries()) {
    const other = b[at]
    if (other === undefined) return -1
    if (rank !== other) return rank - other
  }
  return a.length === b.length ? 0 : 1
}
