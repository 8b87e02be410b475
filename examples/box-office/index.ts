import { app, route } from 'weir'
import * as z from 'zod'
import { Concert } from './concert.ts'
import { Concerts, Tickets } from './read-models.ts'

const Made = z.object({ id: z.string() })

export const boxOffice = app('box-office', {
  title: 'Box office',
  description: 'Concerts that never oversell.',
  routes: {
    'POST /concerts': route(Concert.commands.schedule, {
      summary: 'Schedule a concert',
      respond: { schema: Made, map: ({ id }) => ({ id }) },
    }),
    'GET /concerts': route(Concerts.list, { summary: 'Concerts, by date and venue' }),
    'GET /concerts/:id': route(Concerts.get, { summary: 'One concert with the seats that are left' }),
    'POST /tickets': route(Concert.commands.buyTicket, {
      summary: 'Buy a ticket',
      id: 'body.concertId',
      location: '/tickets/:id',
      respond: { schema: Made, map: ({ eventData }) => ({ id: eventData('TicketSold').ticketId }) },
    }),
    'GET /tickets': route(Tickets.list, {
      summary: 'Tickets of a concert or of a customer',
      filters: ['concertId', 'customerEmail'],
    }),
    'GET /tickets/:id': route(Tickets.get, { summary: 'One ticket' }),
  },
  projections: [Concerts, Tickets],
})

export default boxOffice
