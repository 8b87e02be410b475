import type { ListEntry } from 'weir'
import { type Handler, jsonAnswer } from '../exchange/answer.ts'
import { Problem } from '../problems/problem.ts'
import { declareConsistency, freshnessOf } from './consistency.ts'
import { type ListRequest, listQueryReader } from './list-query.ts'
import type { Mount } from './mount.ts'
import { formatQuery } from './query-string.ts'

/** Answers a page of documents, with a link to the next one (RFC 8288). */
export function listHandler({ runtime, base }: Mount, entry: ListEntry): Handler {
  const readQuery = listQueryReader(entry)
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
    if (next !== undefined) headers.link = linkToNext(address, asked, next)
    return jsonAnswer(200, documents, headers)
  }
}

function linkToNext(address: string, { parameters }: ListRequest, cursor: string): string {
  const others = parameters.filter(([name]) => name !== 'cursor')
  return `<${address}?${formatQuery([...others, ['cursor', cursor]])}>; rel="next"`
}
