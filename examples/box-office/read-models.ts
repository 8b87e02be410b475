import { projection } from 'weir'
import * as z from 'zod'
import { Concert } from './concert.ts'

export const Concerts = projection('concerts', {
  schema: z.object({
    id: z.string(),
    name: z.string(),
    date: z.string(),
    venue: z.string(),
    availableTickets: z.int(),
    ticketPrice: z.number(),
  }),
  indexes: ['date', 'venue'],
})
  .create(Concert, { Scheduled: (event) => ({ id: event.aggregateId, ...event.data }) })
  .update(Concert, { TicketSold: (concert) => ({ ...concert, availableTickets: concert.availableTickets - 1 }) })

export const Tickets = projection('tickets', {
  schema: z.object({
    id: z.string(),
    concertId: z.string(),
    customerName: z.string(),
    customerEmail: z.string(),
    purchaseDate: z.iso.datetime(),
  }),
  indexes: ['concertId', 'customerEmail', 'purchaseDate'],
}).create(Concert, {
  TicketSold: ({ aggregateId, data, recordedAt }) => ({
    id: data.ticketId,
    concertId: aggregateId,
    customerName: data.customerName,
    customerEmail: data.customerEmail,
    purchaseDate: recordedAt,
  }),
})
