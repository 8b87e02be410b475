import type { Answer } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { eventStreamHeaders } from '../live/event-stream.ts'
import { onlyEvent } from './subscriptions/event-stream.ts'

/** The media types of answers, by what `Accept` asks for. */
export type AnswerType = 'application/json' | 'application/graphql-response+json' | 'text/event-stream'

/** What a client wants to be answered with; undefined if it is nothing that there is. */
export function answerTypeOf(exchange: Exchange): AnswerType | undefined {
  const accept = exchange.header('accept')?.toLowerCase()
  if (accept === undefined || accept === '') return 'application/json'
  if (accept.includes('text/event-stream')) return 'text/event-stream'
  if (accept.includes('application/graphql-response+json')) return 'application/graphql-response+json'
  return /application\/(?:json|\*)|\*\/\*/.test(accept) ? 'application/json' : undefined
}

/** An answer in GraphQL's form. */
export function graphqlAnswer(status: number, type: AnswerType, value: unknown, code?: string): Answer {
  const known = code === undefined ? {} : { code }
  if (type === 'text/event-stream')
    return { status, headers: { ...eventStreamHeaders }, body: onlyEvent(value), ...known }
  const contentType = type === 'application/json' ? type : `${type}; charset=utf-8`
  const headers = { 'content-type': contentType, 'cache-control': 'no-store', vary: 'Accept' }
  return { status, headers, body: JSON.stringify(value), ...known }
}
