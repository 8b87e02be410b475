import { aggregate, type Rejection, reject } from 'weir'
import * as z from 'zod'
import { Coffee, menu } from './menu.ts'
import { GivenNote, Note } from './note.ts'

/** An order from the counter to the cup. What payment and fulfilment make of it reaches it through policies. */

const Customer = z.object({
  customerId: z.string().trim().min(1, { error: 'cannot be empty' }).max(100),
  customerName: z.string().trim().min(1, { error: 'cannot be empty' }).max(200),
})

const CancelledBecause = z.enum(['customer', 'payment-failed', 'not-paid-in-time', 'fulfilment-rejected'])

const Ordered = Customer.extend({ coffee: Coffee })

type Status = 'placed' | 'paid' | 'completed' | 'cancelled'

type State = { readonly status: 'unplaced' } | (z.output<typeof Ordered> & { readonly status: Status })

export const Order = aggregate('order', {
  events: {
    Placed: Ordered,
    PaymentConfirmed: z.object({ paymentId: z.string() }),
    Completed: z.object({ fulfilmentId: z.string() }),
    Cancelled: z.object({ because: CancelledBecause, note: Note }),
  },
  initialState: { status: 'unplaced' } as State,
})
  .evolve({
    Placed: (_, ordered) => ({ ...ordered, status: 'placed' }),
    PaymentConfirmed: (order) => become(order, 'paid'),
    Completed: (order) => become(order, 'completed'),
    Cancelled: (order) => become(order, 'cancelled'),
  })
  .commands({
    create: {
      input: Customer.extend({ coffeeId: z.string() }),
      decide: (order, { coffeeId, ...customer }) => {
        if (order.status !== 'unplaced') return reject('order-exists', 'This order is placed already')
        const coffee = menu.find(({ id }) => id === coffeeId)
        if (!coffee) return reject('unknown-coffee', 'There is no such coffee on the menu', { status: 400 })
        const { id, name, price } = coffee
        return { type: 'Placed', data: { ...customer, coffee: { id, name, price } } }
      },
    },
    /** The customer does not want it any more. */
    cancel: {
      input: z.object({ note: GivenNote }),
      decide: ({ status }, { note }) => {
        if (status === 'unplaced') return noSuchOrder()
        if (status === 'completed' || status === 'cancelled') return tooLate(status)
        return { type: 'Cancelled', data: { because: 'customer', note } }
      },
    },
    confirmPayment: {
      input: z.object({ paymentId: z.string() }),
      decide: ({ status }, { paymentId }) => {
        if (status === 'unplaced') return noSuchOrder()
        if (status === 'cancelled') return tooLate(status)
        return status === 'placed' ? { type: 'PaymentConfirmed', data: { paymentId } } : undefined
      },
    },
    complete: {
      input: z.object({ fulfilmentId: z.string() }),
      decide: ({ status }, { fulfilmentId }) => {
        if (status === 'unplaced') return noSuchOrder()
        if (status === 'cancelled') return tooLate(status)
        return status === 'completed' ? undefined : { type: 'Completed', data: { fulfilmentId } }
      },
    },
    /** Payment or fulfilment has failed. */
    abandon: {
      input: z.object({ because: CancelledBecause.extract(['payment-failed', 'fulfilment-rejected']), note: Note }),
      decide: ({ status }, { because, note }) => {
        if (status === 'unplaced') return noSuchOrder()
        if (status === 'completed') return tooLate(status)
        return status === 'cancelled' ? undefined : { type: 'Cancelled', data: { because, note } }
      },
    },
    /** The time for paying is over. */
    expire: {
      input: z.object({}),
      decide: ({ status }) => {
        if (status !== 'placed') return undefined
        return { type: 'Cancelled', data: { because: 'not-paid-in-time', note: 'Not paid in time' } }
      },
    },
  })

function become(order: State, status: Status): State {
  return order.status === 'unplaced' ? order : { ...order, status }
}

/** What is said of an order that nobody has placed. */
export const noSuchOrder = (): Rejection => reject('order-not-found', 'No such order', { status: 404 })

/** What is said of an order that has gone on meanwhile. */
export const tooLate = (status: Exclude<Status, 'placed'>): Rejection =>
  reject(`order-${status}`, `This order is ${status} already`)
