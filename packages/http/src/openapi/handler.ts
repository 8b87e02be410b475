import type { Handler } from '../exchange/answer.ts'
import { contentTag, taggedAnswer } from '../rest/tagged.ts'
import type { Json } from './json.ts'

/** Answers an OpenAPI document, made at the first request. */
export function openApiHandler(make: () => Json): Handler {
  let made: { readonly json: string; readonly etag: string } | undefined
  return (exchange) => {
    made ??= withTag(JSON.stringify(make()))
    return taggedAnswer(exchange, made.json, made.etag, { 'cache-control': 'no-cache' })
  }
}

function withTag(json: string): { json: string; etag: string } {
  return { json, etag: contentTag(json) }
}
