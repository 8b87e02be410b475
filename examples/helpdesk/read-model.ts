import { projection } from 'weir'
import * as z from 'zod'
import { Ticket } from './ticket.ts'

export const Tickets = projection('tickets', {
  schema: z.object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    priority: z.enum(['low', 'normal', 'high']),
    status: z.enum(['open', 'in_progress', 'resolved', 'closed']),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  }),
  indexes: ['status', 'priority', 'title', 'createdAt', 'updatedAt'],
})
  .create(Ticket, {
    Opened: ({ aggregateId, data, recordedAt }) => ({
      id: aggregateId,
      ...data,
      status: 'open',
      createdAt: recordedAt,
      updatedAt: recordedAt,
    }),
  })
  .update(Ticket, {
    Changed: (ticket, { data, recordedAt }) => ({ ...ticket, ...data, updatedAt: recordedAt }),
  })
