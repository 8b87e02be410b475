import type { StreamHead } from 'weir/ports'
import { connect } from './connect.ts'
import type { StreamsFlags } from './flags.ts'
import { sayHint, sayJson, sayTable } from './print.ts'

/** Lists streams, the last name first. */
export async function streams(prefix: string | undefined, flags: StreamsFlags): Promise<number> {
  const { client, base } = await connect(flags)
  const query = new URLSearchParams({ limit: flags.limit, ...(prefix !== undefined && { prefix }) })
  const { items, more } = await client.page<StreamHead>(`${base}/streams?${query}`)
  if (flags.json) sayJson(items)
  else {
    const rows = items.map(({ stream, version }) => [stream, version])
    sayTable(['stream', 'version'], rows, 'There are no such streams.')
    if (more) sayHint('There are more: name how their names begin, or raise --limit.')
  }
  return 0
}
