import type { Clock, Logger } from 'weir/ports'
import type { Answer, Handler } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { graphiqlHandler } from '../graphiql/graphiql.ts'
import type { AdmissionOf } from '../guard/route-guard.ts'
import { eventStreamHeaders } from '../live/event-stream.ts'
import type { LiveQueries } from '../live/live-queries.ts'
import { Problem, problem } from '../problems/problem.ts'
import type { Mount } from '../rest/mount.ts'
import { type AnswerType, answerTypeOf, graphqlAnswer } from './answer.ts'
import { type Asked, GraphqlEngine } from './engine.ts'
import { once } from './once.ts'
import { type GraphqlOptions, showsGraphiql } from './options.ts'
import { Refusal } from './refusal.ts'
import { type GraphqlRequest, readGet, readPost } from './request.ts'
import { graphqlSchema } from './schema.ts'
import { resultStream } from './subscriptions/event-stream.ts'

/** What serves an application's GraphQL. */
export interface GraphqlServices {
  readonly graphql: GraphqlOptions
  readonly clock: Clock
  readonly logger: Logger
  readonly bodyLimit: number
  readonly live: LiveQueries
}

interface GraphqlHandlers {
  readonly get: Handler
  readonly post: Handler
}

/**
 * Answers GraphQL over HTTP. The schema is made at the first request.
 *
 * 1. Only a POST changes anything, and its media type is one that a page of another origin cannot send unasked.
 * 2. A document is parsed, validated and weighed before anything of it is executed.
 */
export function graphqlHandlers(
  { runtime }: Mount,
  admissionOf: AdmissionOf,
  services: GraphqlServices,
): GraphqlHandlers {
  const { graphql, clock, logger, bodyLimit, live } = services
  const { introspection = true } = graphql
  const app = runtime.app.name
  const schema = once(() => graphqlSchema({ runtime, clock }, admissionOf, live))
  const engine = once(() => new GraphqlEngine(schema(), { ...graphql, introspection, logger, app }))
  const page = showsGraphiql(graphql) ? graphiqlHandler(runtime.app, schema) : undefined
  return {
    get: (exchange) =>
      page && isPerson(exchange) ? page(exchange) : answered(exchange, engine(), readGet(exchange), whyNotByGet),
    post: async (exchange) => answered(exchange, engine(), await readPost(exchange, bodyLimit), () => undefined),
  }
}

/** Somebody with a browser, who asks for nothing in particular. */
function isPerson(exchange: Exchange): boolean {
  return (exchange.header('accept')?.includes('text/html') ?? false) && !/(?:^|&)query=/.test(exchange.query)
}

type WhyNot = (asked: Asked) => Problem | undefined

const whyNotByGet: WhyNot = ({ operation: { kind } }) =>
  kind === 'mutation'
    ? problem('method-not-allowed', { detail: 'A mutation is sent by POST.', headers: { allow: 'POST' } })
    : undefined

async function answered(
  exchange: Exchange,
  engine: GraphqlEngine,
  request: GraphqlRequest | Problem,
  whyNot: WhyNot,
): Promise<Answer | Problem> {
  const type = answerTypeOf(exchange)
  if (type === undefined) return problem('not-acceptable', { detail: 'GraphQL is answered as JSON.' })
  if (request instanceof Problem) return refused(Refusal.of(request, exchange.requestId), type)
  const asked = engine.ask(request, exchange)
  if (asked instanceof Refusal) return refused(asked, type)
  const refusal = whyNot(asked) ?? whyNotOnce(exchange, asked)
  if (refusal) return refused(Refusal.of(refusal, exchange.requestId), type)
  if (asked.operation.kind === 'subscription') return subscribed(exchange, engine, asked, type)
  const executed = await engine.execute(asked, exchange)
  if (executed instanceof Refusal) return refused(executed, type)
  return graphqlAnswer(200, type, executed, executed.errors?.[0]?.extensions.code)
}

async function subscribed(
  exchange: Exchange,
  engine: GraphqlEngine,
  asked: Asked,
  type: AnswerType,
): Promise<Answer | Problem> {
  if (type !== 'text/event-stream') {
    const detail = 'Changes are told as server-sent events: send Accept: text/event-stream.'
    return refused(Refusal.of(problem('not-acceptable', { detail }), exchange.requestId), type)
  }
  const results = await engine.subscribe(asked, exchange)
  if (results instanceof Refusal) return refused(results, type)
  return { status: 200, headers: { ...eventStreamHeaders }, body: resultStream(results) }
}

/** A key in the header names one command: of several mutations each needs its own. */
function whyNotOnce(exchange: Exchange, { operation: { kind, weight } }: Asked): Problem | undefined {
  const isSeveral = kind === 'mutation' && weight.roots > 1
  if (!isSeveral || exchange.header('idempotency-key') === undefined) return undefined
  return problem('malformed-idempotency-key', {
    detail: "It stands for one mutation: give each its own argument 'idempotencyKey'.",
  })
}

/**
 * GraphQL over HTTP has a status for what is wrong with GraphQL only where its own media type is asked for. A stream of
 * events can tell what is wrong only once it has begun.
 */
function refused({ status, code, errors, isOfGraphql, headers }: Refusal, type: AnswerType): Answer {
  const isTold = type === 'text/event-stream' || (isOfGraphql && type === 'application/json')
  const answer = graphqlAnswer(isTold ? 200 : status, type, { errors }, code)
  return { ...answer, headers: { ...headers, ...answer.headers } }
}
