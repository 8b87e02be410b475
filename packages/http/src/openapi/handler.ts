import { createHash } from 'node:crypto'
import type { Handler } from '../exchange/answer.ts'
import { matchesNone } from '../rest/etag.ts'
import type { Mount } from '../rest/mount.ts'
import { openApiDocument } from './document.ts'

/** Answers the application's OpenAPI document, made at the first request. */
export function openApiHandler({ base, runtime }: Mount): Handler {
  let made: { readonly body: string; readonly etag: string } | undefined
  return (exchange) => {
    made ??= withTag(JSON.stringify(openApiDocument(runtime.app, base)))
    const headers: Record<string, string> = { 'cache-control': 'no-cache', etag: made.etag }
    if (matchesNone(exchange.header('if-none-match'), made.etag)) return { status: 304, headers, body: null }
    headers['content-type'] = 'application/json'
    return { status: 200, headers, body: made.body }
  }
}

function withTag(body: string): { body: string; etag: string } {
  return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` }
}
