import { aggregate, reject } from 'weir'
import * as z from 'zod'

/** A concert with its tickets: one stream decides, so that no seat is sold twice. */

const time = { offset: true, local: true }

/** A day, or a time on it with or without seconds and zone: kept and answered as it was given. */
const When = z.union([z.iso.date(), z.iso.datetime(time), z.iso.datetime({ ...time, precision: -1 })], {
  error: 'has to be a date or a date-time of ISO 8601, such as 2030-05-01 or 2030-05-01T20:00:00Z',
})

const ConcertDetails = z.object({
  name: z.string().trim().min(1, { error: 'cannot be empty' }).max(200),
  date: When,
  venue: z.string().trim().min(1, { error: 'cannot be empty' }).max(200),
  availableTickets: z.int({ error: 'has to be a whole number from 0 to 9,007,199,254,740,991' }).nonnegative(),
  ticketPrice: z.number().nonnegative(),
})

const Buyer = z.object({
  customerName: z.string().trim().min(1, { error: 'cannot be empty' }).max(200),
  customerEmail: z.email().max(320),
})

type State = { readonly status: 'unscheduled' } | { readonly status: 'on-sale'; readonly left: number }

export const Concert = aggregate('concert', {
  events: {
    Scheduled: ConcertDetails,
    TicketSold: Buyer.extend({ ticketId: z.uuid() }),
  },
  initialState: { status: 'unscheduled' } as State,
})
  .evolve({
    Scheduled: (_, { availableTickets }) => ({ status: 'on-sale', left: availableTickets }),
    TicketSold: (state) => (state.status === 'on-sale' ? { ...state, left: state.left - 1 } : state),
  })
  .commands({
    schedule: {
      input: ConcertDetails,
      decide: (state, details) => {
        if (state.status !== 'unscheduled') return reject('concert-exists', 'This concert is scheduled already')
        return { type: 'Scheduled', data: details }
      },
    },
    buyTicket: {
      input: Buyer,
      decide: (state, buyer, { newId }) => {
        if (state.status !== 'on-sale') return reject('concert-not-found', 'No such concert', { status: 404 })
        if (state.left === 0) return reject('sold-out', 'No tickets available', { status: 400 })
        return { type: 'TicketSold', data: { ticketId: newId(), ...buyer } }
      },
    },
  })
