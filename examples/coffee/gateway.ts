import { type Service, service } from 'weir'

export interface Charge {
  readonly paymentId: string
  /** In cents. */
  readonly amount: number
  /** Stands for a card. */
  readonly method: string
}

export interface Refund {
  readonly chargeId: string
  /** In cents. */
  readonly amount: number
}

export type ChargeResult =
  | { readonly outcome: 'succeeded'; readonly chargeId: string }
  | { readonly outcome: 'declined'; readonly reason: string }

export interface RefundResult {
  readonly refundId: string
}

export interface Call {
  /** A call with a key that was used before has no second effect, and is answered as the first one was. */
  readonly idempotencyKey: string
  /** The caller does not wait any longer. Whether the call has had its effect, a further one with the key will tell. */
  readonly signal: AbortSignal
}

/**
 * Moves money. What it cannot say for certain it throws: the caller asks again with the same key.
 */
export interface PaymentGateway {
  charge(charge: Charge, call: Call): Promise<ChargeResult>
  refund(refund: Refund, call: Call): Promise<RefundResult>
}

export const PaymentGateway: Service<PaymentGateway> = service<PaymentGateway>('payment-gateway')
