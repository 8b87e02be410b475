import type { ListEntry } from 'weir'
import type { Clock } from 'weir/ports'
import type { ListOptions, Runtime } from 'weir/runtime'
import { type Handler, jsonAnswer } from '../exchange/answer.ts'
import { type LiveQueries, type LiveQuestion, wantsLive } from '../live/live-queries.ts'
import { shownOf } from '../live/shown.ts'
import { Problem } from '../problems/problem.ts'
import { declareConsistency, freshnessOf } from './consistency.ts'
import { type ListRequest, listQueryReader } from './list-query.ts'
import type { Mount } from './mount.ts'
import { nextLink } from './next-link.ts'

/** Answers a page of documents, with a link to the next one (RFC 8288); or shows the page live. */
export function listHandler({ runtime, base }: Mount, entry: ListEntry, clock: Clock, live: LiveQueries): Handler {
  const readQuery = listQueryReader(entry, clock)
  const address = base + entry.path
  return async (exchange) => {
    const asked = readQuery(exchange.query)
    if (asked instanceof Problem) return asked
    const freshness = freshnessOf(exchange)
    const options = { ...asked.options, ...freshness }
    const { documents, next, consistency } = await runtime.list(entry.projection, options)
    const headers: Record<string, string> = { 'cache-control': 'private, no-cache' }
    const refused = declareConsistency(consistency, freshness, headers)
    if (refused) return refused
    if (wantsLive(exchange)) {
      // Asked anew at each read: a list of today's documents is one of tomorrow's at midnight.
      const options = () => (readQuery(exchange.query) as ListRequest).options
      return live.answer(exchange, liveList(runtime, entry, exchange.query, options), headers)
    }
    if (next !== undefined) headers.link = nextLink(address, asked.parameters, { cursor: next })
    return jsonAnswer(200, documents, headers)
  }
}

function liveList(
  runtime: Runtime,
  { projection, path }: ListEntry,
  query: string,
  options: () => ListOptions,
): LiveQuestion {
  return {
    key: JSON.stringify(['list', path, query]),
    observe: (onChange) => runtime.observe(projection, () => onChange()),
    read: async () => shownOf((await runtime.list(projection, options())).documents),
    snapshot: ({ documents }) => `[${[...documents.values()].join(',')}]`,
    change: ({ changed, removed, order }) =>
      `{"changed":[${changed.join(',')}],"removed":${JSON.stringify(removed)}${order ? `,"order":${JSON.stringify(order)}` : ''}}`,
  }
}
