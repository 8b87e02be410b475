import { createHash } from 'node:crypto'
import type { Answer } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { matchesNone } from './etag.ts'

/** Answers JSON under its tag, or 304 to who has it. */
export function taggedAnswer(
  exchange: Exchange,
  json: string,
  etag: string,
  headers: Record<string, string> = {},
): Answer {
  headers.etag = etag
  if (matchesNone(exchange.header('if-none-match'), etag)) return { status: 304, headers, body: null }
  headers['content-type'] = 'application/json'
  return { status: 200, headers, body: json }
}

/** The strong tag of content that is the same for everybody: a hash of it. */
export function contentTag(content: string | Uint8Array): string {
  return `"${createHash('sha1').update(content).digest('base64url')}"`
}
