import { DatabaseSync } from 'node:sqlite'
import { setTimeout as machineTimer } from 'node:timers/promises'
import type { Call, Charge, ChargeResult, PaymentGateway, Refund, RefundResult } from './gateway.ts'

/** What the gateway has done, and what it has answered. */
export type Entry = { readonly key: string } & (
  | ({ readonly kind: 'charge'; readonly answer: ChargeResult } & Charge)
  | ({ readonly kind: 'refund'; readonly answer: RefundResult } & Refund)
)

/** Waits so many milliseconds, or rejects when the signal is aborted. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>

const SLOW = 3000

/** For how long another process that writes is waited for, in milliseconds. */
const PATIENCE = 5000

/**
 * A payment gateway that moves no money, but keeps its books as one that does.
 *
 * 1. What was done under a key is on the disk before it is answered, and whoever comes with that key again gets the same
 *    answer, also after the process was killed: one key, one effect.
 * 2. Several processes may share the books: of two that come with one key at once, the first has the effect, and both get
 *    its answer.
 */
export class SimulatedGateway implements PaymentGateway {
  readonly #file: string
  readonly #pause: Pause
  #books: DatabaseSync | undefined

  /** @param options `file`: where its books are, in SQLite; `pause`: how it waits, by the machine's timers if not given */
  constructor({ file, pause = machinePause }: { readonly file: string; readonly pause?: Pause }) {
    this.#file = file
    this.#pause = pause
  }

  async charge(charge: Charge, { idempotencyKey: key, signal }: Call): Promise<ChargeResult> {
    if (charge.method === 'card_slow') await this.#pause(SLOW, signal)
    const { answer } = this.#once({ kind: 'charge', key, ...charge, answer: outcomeOf(charge, key) })
    return answer as ChargeResult
  }

  async refund(refund: Refund, { idempotencyKey: key }: Call): Promise<RefundResult> {
    const { answer } = this.#once({ kind: 'refund', key, ...refund, answer: { refundId: `refund-${key}` } })
    return answer as RefundResult
  }

  #once(entry: Entry): Entry {
    this.#books ??= openBooks(this.#file)
    const enter = this.#books.prepare('INSERT INTO books (key, entry) VALUES (?, ?) ON CONFLICT DO NOTHING')
    enter.run(entry.key, JSON.stringify(entry))
    const entered = this.#books.prepare('SELECT entry FROM books WHERE key = ?').get(entry.key)
    return JSON.parse(String(entered?.entry))
  }
}

const machinePause: Pause = (milliseconds, signal) => machineTimer(milliseconds, undefined, { signal })

function outcomeOf({ method }: Charge, key: string): ChargeResult {
  if (method === 'card_declined') return { outcome: 'declined', reason: 'The card was declined' }
  return { outcome: 'succeeded', chargeId: `charge-${key}` }
}

function openBooks(file: string): DatabaseSync {
  const books = new DatabaseSync(file, { timeout: PATIENCE })
  books.exec('PRAGMA synchronous = FULL')
  books.exec(
    'CREATE TABLE IF NOT EXISTS books (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, entry TEXT NOT NULL)',
  )
  return books
}
