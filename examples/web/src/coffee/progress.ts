import type { Order } from '../lib/apis.ts'

type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'calm'

/** Where an order stands, in words for who has ordered. */
export function standing(order: Order): { readonly words: string; readonly tone: Tone } {
  if (order.status === 'ORDER_COMPLETED') return { words: 'Ready', tone: 'good' }
  if (order.status === 'ORDER_IN_PROGRESS') return { words: 'Being made', tone: 'calm' }
  if (order.status === 'ORDER_CANCELLED') return { words: 'Cancelled', tone: 'bad' }
  return isCharging(order) ? { words: 'Charging the card', tone: 'calm' } : { words: 'To be paid', tone: 'warn' }
}

export function isToBePaid({ status, paymentStatus }: Order): boolean {
  return status === 'ORDER_CREATED' && paymentStatus === 'PAYMENT_PENDING'
}

function isCharging({ status, paymentStatus }: Order): boolean {
  return status === 'ORDER_CREATED' && paymentStatus === 'PAYMENT_CREATED'
}

export function canBeCancelled({ status }: Order): boolean {
  return status === 'ORDER_CREATED' || status === 'ORDER_IN_PROGRESS'
}

export interface Step {
  readonly title: string
  readonly text: string
  /** `now`: it waits for somebody; `busy`: it is under way. */
  readonly state: 'done' | 'now' | 'busy' | 'later' | 'failed'
}

/** The way of an order from the counter to the cup. */
export function stepsOf(order: Order): readonly Step[] {
  return [{ title: 'Ordered', text: `for ${order.customerName}`, state: 'done' }, payment(order), making(order)]
}

function payment({ status, paymentStatus, note }: Order): Step {
  const title = 'Payment'
  switch (paymentStatus) {
    case 'PAYMENT_SUCCESSFUL':
      return { title, text: 'The card was charged', state: 'done' }
    case 'PAYMENT_FAILED':
      return { title, text: note ?? 'The card was declined', state: 'failed' }
    case 'PAYMENT_REFUNDED':
      return { title, text: 'The money was given back', state: 'done' }
    case 'PAYMENT_CREATED':
      return { title, text: 'The card is being charged', state: 'busy' }
    default:
      return status === 'ORDER_CANCELLED'
        ? { title, text: 'Nothing was charged', state: 'later' }
        : { title, text: 'Choose a card below', state: 'now' }
  }
}

function making({ status, fulfilmentStatus, paymentStatus }: Order): Step {
  const title = 'Barista'
  if (fulfilmentStatus === 'FULFILMENT_COMPLETED') return { title, text: 'Ready at the counter', state: 'done' }
  if (fulfilmentStatus === 'FULFILMENT_REJECTED') return { title, text: 'It is not made', state: 'failed' }
  if (status === 'ORDER_CANCELLED') return { title, text: 'It is not made', state: 'later' }
  return paymentStatus === 'PAYMENT_SUCCESSFUL'
    ? { title, text: 'It is being made', state: 'busy' }
    : { title, text: 'Begins when it is paid', state: 'later' }
}
