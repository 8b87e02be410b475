import type { Call, Charge, ChargeResult, PaymentGateway, Refund, RefundResult } from './gateway.ts'

/** Something that the gateway has done. */
export type Effect =
  | { readonly kind: 'charge'; readonly paymentId: string; readonly answer: ChargeResult }
  | { readonly kind: 'refund'; readonly chargeId: string; readonly answer: RefundResult }

/** What happens on the way to the gateway and on the way back: it may take its time, and it may throw. */
export type Way = (signal: AbortSignal) => Promise<void>

/** A gateway in memory: one key, one effect. It lives on when the application is restarted. */
export class FakeGateway implements PaymentGateway {
  /** By idempotency key. */
  readonly effects = new Map<string, Effect>()
  way: Way = async () => {}

  kinds(): Effect['kind'][] {
    return [...this.effects.values()].map(({ kind }) => kind)
  }

  async charge({ paymentId, method }: Charge, call: Call): Promise<ChargeResult> {
    const answer: ChargeResult =
      method === 'card_declined'
        ? { outcome: 'declined', reason: 'The card was declined' }
        : { outcome: 'succeeded', chargeId: `charge-of-${paymentId}` }
    return (await this.#once({ kind: 'charge', paymentId, answer }, call)).answer as ChargeResult
  }

  async refund({ chargeId }: Refund, call: Call): Promise<RefundResult> {
    const answer = { refundId: `refund-of-${chargeId}` }
    return (await this.#once({ kind: 'refund', chargeId, answer }, call)).answer as RefundResult
  }

  async #once(effect: Effect, { idempotencyKey, signal }: Call): Promise<Effect> {
    await this.way(signal)
    const done = this.effects.get(idempotencyKey) ?? effect
    this.effects.set(idempotencyKey, done)
    await this.way(signal)
    return done
  }
}

/** A way that is closed until it is opened. */
export function closedWay(): { readonly way: Way; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { way: () => promise, open: resolve }
}
