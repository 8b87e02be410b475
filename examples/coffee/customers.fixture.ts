import type { Server } from '@weir-examples/harness'
import { expect } from 'vitest'

export const ada = { customerId: 'ada-1', customerName: 'Ada' }
export const latte = { id: '2', name: 'Latte', price: 400 }

/** What customers and the barista do over HTTP. */
export function customersOf(server: () => Server) {
  const place = async (order: object = {}): Promise<string> => {
    const { status, body } = await server().send('POST', '/order', { coffeeId: '2', ...ada, ...order })
    expect(status).toBe(201)
    return body.id
  }
  const pay = async (orderId: string, paymentMethod = 'card_ok') => {
    const { status, body } = await server().send('POST', '/payment', { orderId, paymentMethod })
    expect([status, body.status]).toEqual([201, 'PAYMENT_CREATED'])
    return body.id as string
  }
  const cancel = (id: string, note = 'Changed my mind') =>
    server().send('PATCH', `/order/${id}`, { status: 'ORDER_CANCELLED', note })
  const close = (id: string, status = 'FULFILMENT_COMPLETED', note = 'Enjoy') =>
    server().send('PATCH', `/fulfilment/${id}`, { status, note })
  /** What the application shows when everything has come to rest. */
  const settled = async (path: string) => {
    await server().runtime.settled()
    return (await server().get(path)).body
  }
  const paidOrder = async () => {
    const id = await place()
    await pay(id)
    return settled(`/order/${id}`)
  }
  return { place, pay, cancel, close, settled, paidOrder }
}
