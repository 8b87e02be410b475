/**
 * Addresses within the console: what stands behind the `#`. Whatever one looks at has one, selected versions too, so that
 * it can be sent to a colleague.
 */

/** A screen and what it shows. */
export interface Route {
  readonly screen: Screen
  /** The application; empty on screens of the whole server. */
  readonly app: string
  /** What the path names behind the screen: a stream, a projection, a document. */
  readonly parts: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

export type Screen = (typeof appScreens)[number] | 'overview' | 'unknown'

const appScreens = ['streams', 'events', 'projections', 'policies', 'timers', 'dead-letters', 'discarded'] as const

type Query = Readonly<Record<string, string | number | undefined>>

/** Reads what stands behind the `#`. What leads nowhere is the screen `unknown`. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?')
  const parts = path === '' ? [] : path.split('/').map(decode)
  const query = Object.fromEntries(new URLSearchParams(search))
  const [app = '', screen, ...rest] = parts
  if (app === '') return { screen: 'overview', app, parts: [], query }
  const known = appScreens.find((name) => name === screen)
  return { screen: known ?? 'unknown', app, parts: rest, query }
}

/** The address of a screen of an application. */
export function hrefOf(app: string, parts: readonly (string | number)[], query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `#/${[app, ...parts].map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

/** The address of a stream, at a version of it. */
export function streamHref(app: string, stream: string, version?: number): string {
  return hrefOf(app, ['streams', stream], { at: version })
}

/** What stays the same while one looks at the same thing: a screen is made anew when it changes. */
export function placeOf({ screen, app, parts }: Route): string {
  return [screen, app, ...parts].join('/')
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
