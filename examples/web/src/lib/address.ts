/** A place among the pages: `#/helpdesk/tickets/4f?status=open`. */
export interface Address {
  /** `['helpdesk', 'tickets', '4f']`; empty on the start page. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
}

/** Reads the part of an address behind its `#`. */
export function addressOf(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  return { segments: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Writes an address; what is undefined or empty in the query is left out. */
export function hashOf(segments: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : ''
  return `#/${segments.map(encodeURIComponent).join('/')}${search}`
}
