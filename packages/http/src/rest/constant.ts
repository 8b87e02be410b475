import type { ConstantEntry } from 'weir'
import type { Handler } from '../exchange/answer.ts'
import { contentTag, taggedAnswer } from './tagged.ts'

/** Answers always the same. */
export function constantHandler({ value }: ConstantEntry): Handler {
  const json = JSON.stringify(value)
  const etag = contentTag(json)
  return (exchange) => taggedAnswer(exchange, json, etag, { 'cache-control': 'private, no-cache' })
}
