import { isUtf8 } from 'node:buffer'
import { Problem, problem } from '../problems/problem.ts'
import { readBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { isNestedDeeper } from './nesting.ts'

/** A body that was read. */
export interface JsonBody {
  readonly value: unknown
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i
const SUSPICIOUS = /__proto__|\\u005f/i
const DEEPEST = 100

/** Reads the body as JSON. An empty one counts as `{}`. */
export async function readJson(exchange: Exchange, limit: number): Promise<JsonBody | Problem> {
  const body = await readBody(exchange, limit)
  if (body instanceof Problem) return body
  if (body.length === 0) return { value: {} }
  return isJson(exchange) ? parse(body) : problem('unsupported-media-type')
}

function isJson(exchange: Exchange): boolean {
  const type = exchange.header('content-type')
  if (type !== 'application/json' && (type === undefined || !JSON_TYPE.test(type))) return false
  const encoding = exchange.header('content-encoding')
  return encoding === undefined || encoding === 'identity'
}

function parse(body: Buffer): JsonBody | Problem {
  if (!isUtf8(body)) return problem('malformed-json', { detail: 'It is not UTF-8.' })
  const text = body.toString()
  if (isNestedDeeper(text, DEEPEST))
    return problem('malformed-json', { detail: `It is nested more than ${DEEPEST} deep.` })
  try {
    return { value: SUSPICIOUS.test(text) ? JSON.parse(text, withoutPrototypes) : JSON.parse(text) }
  } catch (error) {
    return problem('malformed-json', { detail: (error as SyntaxError).message })
  }
}

/** Drops the key that some code would mistake for an object's prototype. */
function withoutPrototypes(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}
