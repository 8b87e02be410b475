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
  const detail = foreignType(exchange)
  return detail === undefined ? parse(body) : problem('unsupported-media-type', { detail })
}

/** What came and what is wanted, if the headers do not announce JSON as it is read here. */
function foreignType(exchange: Exchange): string | undefined {
  const type = exchange.header('content-type')
  if (type !== 'application/json' && (type === undefined || !JSON_TYPE.test(type))) {
    const wanted = 'send application/json (or another type that ends in +json), in UTF-8'
    return type === undefined ? `There is no Content-Type: ${wanted}.` : `The Content-Type is '${type}': ${wanted}.`
  }
  const encoding = exchange.header('content-encoding')
  if (encoding === undefined || encoding === 'identity') return undefined
  return `The Content-Encoding is '${encoding}': send the body as it is, without compression.`
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

/** Drops the key that some code would mistake for an object's prototype: for `JSON.parse`. */
export function withoutPrototypes(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}
