import { expect } from 'vitest'
import type { Shop } from './coffee.ts'

/** What may happen between two steps: nothing, or a kill. */
type Between = () => Promise<void>

const nothing: Between = async () => {}

/** What a customer and the barista do about one order, and what becomes of it. */
export interface Path {
  readonly card: 'card_ok' | 'card_declined' | 'card_slow'
  readonly last: 'complete' | 'reject' | 'cancel' | undefined
  readonly end: { readonly status: string; readonly paymentStatus: string }
}

const refunded = { status: 'ORDER_CANCELLED', paymentStatus: 'PAYMENT_REFUNDED' }

export const paths: Readonly<Record<string, Path>> = {
  'is paid and made': {
    card: 'card_ok',
    last: 'complete',
    end: { status: 'ORDER_COMPLETED', paymentStatus: 'PAYMENT_SUCCESSFUL' },
  },
  'is declined': {
    card: 'card_declined',
    last: undefined,
    end: { status: 'ORDER_CANCELLED', paymentStatus: 'PAYMENT_FAILED' },
  },
  'is rejected by the barista': { card: 'card_ok', last: 'reject', end: refunded },
  'is cancelled while the card is charged': { card: 'card_slow', last: 'cancel', end: refunded },
}

/** Goes a path to its end. */
export async function go(
  shop: Shop,
  { card, last, end }: Path,
  customerId: string,
  between: Between = nothing,
): Promise<void> {
  const key = (step: string) => `${customerId}-${step}`
  const order = { coffeeId: '2', customerId, customerName: 'Ada' }
  const { status, body } = await shop.send('POST', '/order', order, key('order'))
  expect(status).toBe(201)
  await between()
  const payment = { orderId: body.id, paymentMethod: card }
  expect((await shop.send('POST', '/payment', payment, key('payment'))).status).toBe(201)
  await between()
  if (last === 'cancel') await cancel(shop, body.id, key('cancel'))
  else if (last) await close(shop, body.id, last, key('close'))
  await between()
  await shop.order(body.id, ({ status, paymentStatus, fulfilmentStatus }) => {
    return status === end.status && paymentStatus === end.paymentStatus && fulfilmentStatus !== 'FULFILMENT_CREATED'
  })
}

async function cancel(shop: Shop, id: string, key: string): Promise<void> {
  const { status } = await shop.send('PATCH', `/order/${id}`, { status: 'ORDER_CANCELLED', note: 'Too slow' }, key)
  expect(status).toBe(200)
}

async function close(shop: Shop, id: string, as: 'complete' | 'reject', key: string): Promise<void> {
  const { fulfilmentId } = await shop.order(id, ({ fulfilmentStatus }) => fulfilmentStatus === 'FULFILMENT_CREATED')
  const status = as === 'complete' ? 'FULFILMENT_COMPLETED' : 'FULFILMENT_REJECTED'
  expect((await shop.send('PATCH', `/fulfilment/${fulfilmentId}`, { status }, key)).status).toBe(200)
}
