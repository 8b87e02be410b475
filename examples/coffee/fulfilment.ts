import { aggregate, reject } from 'weir'
import * as z from 'zod'
import { Coffee } from './menu.ts'
import { GivenNote, Note } from './note.ts'
import { Order } from './order.ts'

/** What the barista makes of an order that is paid. Its id is derived from the order's, so that an order has one. */

type State =
  | { readonly status: 'none' }
  | { readonly status: 'created' | 'completed' | 'rejected'; readonly orderId: string }

const ofOrder = z.object({ orderId: z.string() })

export const Fulfilment = aggregate('fulfilment', {
  events: {
    Created: ofOrder.extend({ coffee: Coffee, customerName: z.string() }),
    Completed: ofOrder.extend({ note: Note }),
    Rejected: ofOrder.extend({ note: Note }),
  },
  initialState: { status: 'none' } as State,
})
  .evolve({
    Created: (_, { orderId }) => ({ status: 'created', orderId }),
    Completed: (fulfilment) => become(fulfilment, 'completed'),
    Rejected: (fulfilment) => become(fulfilment, 'rejected'),
  })
  .commands({
    /** The order is paid; if it has been cancelled since, nothing is made. */
    create: {
      input: ofOrder,
      reads: { order: Order.at('orderId') },
      decide: (fulfilment, { orderId }, { order: { state: order } }) => {
        if (fulfilment.status !== 'none' || order.status !== 'paid') return undefined
        const { coffee, customerName } = order
        return { type: 'Created', data: { orderId, coffee, customerName } }
      },
    },
    /** The barista has made it. What is closed, either way, stays so for good. */
    complete: {
      input: z.object({ note: GivenNote }),
      decide: (fulfilment, { note }) => {
        if (fulfilment.status === 'none') return noSuchFulfilment()
        if (fulfilment.status !== 'created') return tooLate(fulfilment.status)
        return { type: 'Completed', data: { orderId: fulfilment.orderId, note } }
      },
    },
    /** The barista cannot make it. */
    reject: {
      input: z.object({ note: GivenNote }),
      decide: (fulfilment, { note }) => {
        if (fulfilment.status === 'none') return noSuchFulfilment()
        if (fulfilment.status !== 'created') return tooLate(fulfilment.status)
        return { type: 'Rejected', data: { orderId: fulfilment.orderId, note } }
      },
    },
    /** The order is cancelled: what has not been made yet need not be made. */
    callOff: {
      input: z.object({ note: Note }),
      decide: (fulfilment, { note }) => {
        if (fulfilment.status !== 'created') return undefined
        return { type: 'Rejected', data: { orderId: fulfilment.orderId, note } }
      },
    },
  })

function become(fulfilment: State, status: 'completed' | 'rejected'): State {
  return fulfilment.status === 'none' ? fulfilment : { ...fulfilment, status }
}

const noSuchFulfilment = () => reject('fulfilment-not-found', 'No such fulfilment', { status: 404 })

const tooLate = (status: 'completed' | 'rejected') =>
  reject(`fulfilment-${status}`, `This fulfilment is ${status} already`)
