import type { AnyProjection, GetEntry } from 'weir'
import type { Runtime } from 'weir/runtime'
import type { Handler } from '../exchange/answer.ts'
import { type LiveQueries, type LiveQuestion, wantsLive } from '../live/live-queries.ts'
import { shownOf } from '../live/shown.ts'
import { type Problem, problem } from '../problems/problem.ts'
import { declareConsistency, freshnessOf } from './consistency.ts'
import { tagsOf } from './etag.ts'
import type { Mount } from './mount.ts'
import { taggedAnswer } from './tagged.ts'

/** Answers one document, or shows it live. */
export function getHandler({ runtime }: Mount, { projection, parameter }: GetEntry, live: LiveQueries): Handler {
  const tagOf = tagsOf(projection)
  return async (exchange) => {
    const id = exchange.parameter(parameter)
    if (id.includes('\0')) return problem('not-found')
    const freshness = freshnessOf(exchange)
    const { document, version, consistency } = await runtime.get(projection, id, freshness)
    const headers: Record<string, string> = { 'cache-control': 'private, no-cache' }
    const refused = declareConsistency(consistency, freshness, headers)
    if (refused) return refused
    if (document === undefined) return notFound(headers)
    if (wantsLive(exchange)) return live.answer(exchange, liveDocument(runtime, projection, id), headers)
    const json = JSON.stringify(document)
    return taggedAnswer(exchange, json, tagOf(version, json), headers)
  }
}

function notFound({ 'consistency-status': status }: Record<string, string>): Problem {
  return problem('not-found', status === undefined ? {} : { headers: { 'consistency-status': status } })
}

/** When it is removed, null is shown. */
function liveDocument(runtime: Runtime, projection: AnyProjection, id: string): LiveQuestion {
  return {
    key: JSON.stringify(['get', projection.name, id]),
    observe: (onChange) =>
      runtime.observe(projection, (ids) => {
        if (!ids || ids.has(id)) onChange()
      }),
    read: async () => {
      const { document } = await runtime.get(projection, id)
      return shownOf(document === undefined ? [] : [document])
    },
    snapshot: ({ documents }) => documents.values().next().value ?? 'null',
  }
}
