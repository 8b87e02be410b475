import type { Guard } from 'weir'
import type { Handler } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { type Problem, problem } from '../problems/problem.ts'
import type { KeyRing } from './key-ring.ts'

/** Lets a request pass and notes who sent it, or says why not. */
export type Admit = (exchange: Exchange) => Problem | undefined

/** The header that operators show their keys in. */
export const operatorHeader = 'x-operator-key'

const READS = new Set(['GET', 'HEAD'])

/** Asks `admit` before the handler, so also before a body is read. */
export function behind(admit: Admit, handler: Handler): Handler {
  return (exchange) => admit(exchange) ?? handler(exchange)
}

/** Admits whoever shows one of the keys. */
export function apiKeyAdmission({ header }: Guard, keys: KeyRing, app: string): Admit {
  const missing = keyMissing('api-key-missing', header, app)
  return (exchange) => {
    const key = exchange.header(header)
    if (!key) return missing()
    const hash = keys.hashOf(key)
    if (hash === undefined) return problem('api-key-wrong')
    exchange.actor = `api-key:${hash}`
    return undefined
  }
}

/** Admits operators to everything, and readers to what changes nothing. */
export function operatorAdmission(operators: KeyRing, readers: KeyRing): Admit {
  const missing = keyMissing('operator-key-missing', operatorHeader, 'operations')
  return (exchange) => {
    const key = exchange.header(operatorHeader)
    if (!key) return missing()
    const [operator, reader] = [operators.hashOf(key), readers.hashOf(key)]
    if (operator === undefined && reader === undefined) return problem('operator-key-wrong')
    if (operator === undefined && !READS.has(exchange.request.method)) return problem('operator-key-needed')
    exchange.actor = operator === undefined ? `reader:${reader}` : `operator:${operator}`
    return undefined
  }
}

function keyMissing(code: 'api-key-missing' | 'operator-key-missing', header: string, realm: string): () => Problem {
  const occurrence = {
    detail: `Send a key in the header ${header}.`,
    headers: { 'www-authenticate': `ApiKey realm="${realm}", header="${header}"` },
  }
  return () => problem(code, occurrence)
}
