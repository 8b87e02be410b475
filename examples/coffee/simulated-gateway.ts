import { appendFile, readFile, truncate } from 'node:fs/promises'
import { setTimeout as machineTimer } from 'node:timers/promises'
import type { Call, Charge, ChargeResult, PaymentGateway, Refund, RefundResult } from './gateway.ts'

/** What the gateway has done, and what it has answered. One line of its books. */
export type Entry = { readonly key: string } & (
  | ({ readonly kind: 'charge'; readonly answer: ChargeResult } & Charge)
  | ({ readonly kind: 'refund'; readonly answer: RefundResult } & Refund)
)

/** Waits so many milliseconds, or rejects when the signal is aborted. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>

const SLOW = 3000

/**
 * A payment gateway that moves no money, but keeps its books as one that does.
 *
 * 1. What was done under a key is on the disk before it is answered, and whoever comes with that key again gets the same
 *    answer, also after the process was killed: one key, one effect.
 * 2. A last line that has no end was never answered, and is cut off.
 */
export class SimulatedGateway implements PaymentGateway {
  readonly #file: string
  readonly #pause: Pause
  /** By key. Undefined: it has to be read what the file says. */
  #books: Map<string, Entry> | undefined
  /** They write one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  /** @param options `file`: where its books are; `pause`: how it waits, by the machine's timers if not given */
  constructor({ file, pause = machinePause }: { readonly file: string; readonly pause?: Pause }) {
    this.#file = file
    this.#pause = pause
  }

  async charge(charge: Charge, { idempotencyKey: key, signal }: Call): Promise<ChargeResult> {
    if (charge.method === 'card_slow') await this.#pause(SLOW, signal)
    const { answer } = await this.#once({ kind: 'charge', key, ...charge, answer: outcomeOf(charge, key) })
    return answer as ChargeResult
  }

  async refund(refund: Refund, { idempotencyKey: key }: Call): Promise<RefundResult> {
    const { answer } = await this.#once({ kind: 'refund', key, ...refund, answer: { refundId: `refund-${key}` } })
    return answer as RefundResult
  }

  #once(entry: Entry): Promise<Entry> {
    const done = this.#turn.then(() => this.#enter(entry))
    this.#turn = done.catch(() => {})
    return done
  }

  async #enter(entry: Entry): Promise<Entry> {
    const books = this.#books ?? (await readBooks(this.#file))
    // Until it is known that all of the line was written.
    this.#books = undefined
    const known = books.get(entry.key)
    if (!known) await appendFile(this.#file, `${JSON.stringify(entry)}\n`, { flush: true })
    this.#books = known ? books : books.set(entry.key, entry)
    return known ?? entry
  }
}

const machinePause: Pause = (milliseconds, signal) => machineTimer(milliseconds, undefined, { signal })

function outcomeOf({ method }: Charge, key: string): ChargeResult {
  if (method === 'card_declined') return { outcome: 'declined', reason: 'The card was declined' }
  return { outcome: 'succeeded', chargeId: `charge-${key}` }
}

async function readBooks(file: string): Promise<Map<string, Entry>> {
  const text = await readFile(file, 'utf8').catch(emptyIfMissing)
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole))
  const entries = whole.split('\n').slice(0, -1)
  return new Map(entries.map((line): [string, Entry] => [JSON.parse(line).key, JSON.parse(line)]))
}

function emptyIfMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return ''
  throw error
}
