import { projection } from 'weir'
import * as z from 'zod'
import { Tickets } from './read-model.ts'
import { Ticket } from './ticket.ts'

const content = Tickets.schema.pick({ title: true, description: true, priority: true, status: true })

/** What happened to a ticket: each of its events, the oldest first. */
export const TicketHistories = projection('ticket-histories', {
  schema: z.object({
    id: z.string(),
    entries: z.array(
      z.object({
        version: z.int32(),
        at: z.iso.datetime(),
        /** The fields that got another value; at first all of them. */
        changes: content.partial(),
      }),
    ),
  }),
})
  .create(Ticket, {
    Opened: ({ aggregateId, version, recordedAt, data }) => ({
      id: aggregateId,
      entries: [{ version, at: recordedAt, changes: { ...data, status: 'open' } }],
    }),
  })
  .update(Ticket, {
    Changed: (history, { version, recordedAt, data }) => ({
      ...history,
      entries: [...history.entries, { version, at: recordedAt, changes: data }],
    }),
  })
