import { faultsOf } from 'weir/runtime'
import * as z from 'zod'
import { type Answer, type Handler, jsonAnswer } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { readJson } from '../exchange/json-body.ts'
import { eventStreamHeaders } from '../live/event-stream.ts'
import { wantsLive } from '../live/live-queries.ts'
import { Problem, problem } from '../problems/problem.ts'
import type { Mount } from '../rest/mount.ts'
import { nextLink } from '../rest/next-link.ts'
import { type Parameters, parseQuery } from '../rest/query-string.ts'
import type { Call, OpsRoute, TurnedPage } from './operation.ts'
import { pageOf, pageQuery } from './page.ts'

/** Serves a route of the operations API. */
export function opsHandler(route: OpsRoute, mounts: readonly Mount[], bodyLimit: number): Handler {
  const { query: own, body: input } = route
  const querySchema = route.list?.page ? pageQuery.extend(own?.shape ?? {}) : (own ?? noQuery)
  return async (exchange) => {
    if (route.live && !wantsLive(exchange))
      return problem('not-acceptable', { detail: 'Send the header Accept: text/event-stream.' })
    const parameters = parseQuery(exchange.query)
    if (!parameters) return problem('malformed-url', { detail: 'The query string cannot be decoded.' })
    const query = readQuery(querySchema, parameters)
    if (query instanceof Problem) return query
    const body = input ? await readInput(input, exchange, bodyLimit) : {}
    if (body instanceof Problem) return body
    const parameter = (name: string) => exchange.parameter(name)
    // Nobody comes here without having been admitted.
    const actor = exchange.actor as string
    const call = { mounts, parameter, query, body, actor, lastEventId: exchange.header('last-event-id') }
    const result = await route.run(call)
    if (result instanceof Problem) return result
    return answerOf(route, result, { exchange, parameters, call })
  }
}

const noQuery = z.strictObject({})

function readQuery(schema: z.ZodObject, parameters: Parameters): Record<string, unknown> | Problem {
  const names = parameters.map(([name]) => name)
  const twice = names.filter((name, index) => names.indexOf(name) < index)
  const parsed = schema.safeParse(Object.fromEntries(parameters))
  const errors = [
    ...twice.map((field) => ({ field, message: 'is given twice' })),
    ...(parsed.success ? [] : faultsOf(parsed.error.issues)),
  ]
  return parsed.success && errors.length === 0 ? parsed.data : problem('invalid-query', { errors })
}

async function readInput(schema: z.ZodObject, exchange: Exchange, limit: number): Promise<unknown> {
  const body = await readJson(exchange, limit)
  if (body instanceof Problem) return body
  const parsed = schema.safeParse(body.value)
  return parsed.success ? parsed.data : problem('invalid-input', { errors: faultsOf(parsed.error.issues) })
}

interface Asked {
  readonly exchange: Exchange
  readonly parameters: Parameters
  readonly call: Call
}

async function answerOf(route: OpsRoute, result: unknown, asked: Asked): Promise<Answer | Problem> {
  const { status = 200, list, location, complete } = route
  const { exchange, parameters, call } = asked
  const headers: Record<string, string> = { 'cache-control': 'no-store' }
  const fill = (path: string) => path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(exchange.parameter(name)))
  if (location !== undefined) headers.location = fill(location)
  if (route.live) return { status, headers: { ...eventStreamHeaders }, body: result as ReadableStream<Uint8Array> }
  if (list?.turned) {
    const { items, next } = result as TurnedPage
    if (next !== undefined) headers.link = nextLink(exchange.request.path, parameters, next)
    return jsonAnswer(status, items, headers)
  }
  if (!list?.page) return jsonAnswer(status, result, headers)
  const page = pageOf(result as unknown[], list.page, call.query as z.output<typeof pageQuery>)
  if (page instanceof Problem) return page
  if (page.next !== undefined) headers.link = nextLink(exchange.request.path, parameters, { cursor: page.next })
  const items = complete ? await complete(call, page.items) : page.items
  return jsonAnswer(status, items, headers)
}
