import type { RouteEntry } from 'weir'
import type { Json } from './json.ts'

/** The one scheme of an application's document. */
export const apiKeyScheme = 'apiKey'

/** Describes a key that is sent in a header. */
export function keyInHeader(header: string, description: string): Json {
  return { type: 'apiKey', in: 'header', name: header, description }
}

/** The schemes that these routes need, if any. */
export function securitySchemes(routes: readonly RouteEntry[]): Json | undefined {
  const guard = routes.find((route) => route.guard !== undefined)?.guard
  return guard && { [apiKeyScheme]: keyInHeader(guard.header, 'One of the keys that this server was started with.') }
}
