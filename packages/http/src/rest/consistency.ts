import type { Consistency, ReadOptions } from 'weir/runtime'
import type { Exchange } from '../exchange/exchange.ts'
import { type Problem, problem } from '../problems/problem.ts'

/** How current the caller wants an answer to be. */
export interface Freshness extends ReadOptions {
  /** Whether an answer that is not current is to be refused. */
  readonly strict: boolean
}

const ANY: Freshness = { strict: false }
const LONGEST_WAIT = 30
const WAIT = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i
const STRICT = /^\s*handling\s*=\s*"?strict"?\s*(?:;.*)?$/i

/** Reads `Consistency-Token` and `Prefer` (RFC 7240); a preference that cannot be read is ignored, as it has it. */
export function freshnessOf(exchange: Exchange): Freshness {
  const token = exchange.header('consistency-token')
  if (token === undefined) return ANY
  const preferences = exchange.header('prefer')?.split(',') ?? []
  const { signal } = exchange
  const strict = preferences.some((preference) => STRICT.test(preference))
  const seconds = preferences.map((preference) => WAIT.exec(preference)?.[1]).find((found) => found !== undefined)
  if (seconds === undefined) return { token, strict, signal }
  return { token, strict, signal, wait: Math.min(Number(seconds), LONGEST_WAIT) * 1000 }
}

/** Only what is merely late is worth asking for again. */
const notCurrent = {
  'timed-out': {
    detail: 'The read model does not reflect the write yet. Ask again, or wait longer: Prefer: wait=30.',
    headers: { 'retry-after': '1', 'consistency-status': 'timed-out' },
  },
  parked: {
    detail: 'The write is parked: the read model will not reflect it before it is repaired. Waiting does not help.',
    headers: { 'consistency-status': 'parked' },
  },
} as const

/** Says in the headers how current the answer is, or refuses it if that is not enough (G8). */
export function declareConsistency(
  consistency: Consistency | undefined,
  { strict }: Freshness,
  headers: Record<string, string>,
): Problem | undefined {
  if (consistency === undefined) return undefined
  headers['consistency-status'] = consistency
  if (!strict || consistency === 'reached') return undefined
  return problem('not-current', notCurrent[consistency])
}
