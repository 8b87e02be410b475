import { app, route } from 'weir'
import { TicketHistories } from './history.ts'
import { Tickets } from './read-model.ts'
import { Ticket } from './ticket.ts'

export const helpdesk = app('helpdesk', {
  title: 'Helpdesk',
  description: 'Tickets, from a web page to a materialised view.',
  routes: {
    'POST /tickets': route(Ticket.commands.open, { summary: 'Open a ticket' }),
    'GET /tickets': route(Tickets.list, {
      summary: 'Tickets, the newest first',
      filters: ['status', 'priority'],
      sort: '-createdAt',
    }),
    'GET /tickets/:id': route(Tickets.get, { summary: 'One ticket' }),
    'GET /tickets/:id/history': route(TicketHistories.get, {
      summary: 'What happened to a ticket',
      description: 'Each of its events, the oldest first, with the fields that it changed.',
    }),
    'PUT /tickets/:id': route(Ticket.commands.change, {
      summary: 'Change a ticket',
      description: 'Takes any of the fields, at least one. A closed ticket cannot be changed any more.',
    }),
  },
  projections: [Tickets, TicketHistories],
})

export default helpdesk
