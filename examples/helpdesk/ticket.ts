import { aggregate, reject } from 'weir'
import * as z from 'zod'

const Details = z.object({
  title: z.string().trim().min(1, { error: 'cannot be empty' }).max(200),
  description: z.string().max(5000),
  priority: z.enum(['low', 'normal', 'high']),
})

const Status = z.enum(['open', 'in_progress', 'resolved', 'closed'])

const Changes = Details.extend({ status: Status }).partial()

type Content = Required<z.output<typeof Changes>>

type State = { readonly status: 'unknown' } | Content

export const Ticket = aggregate('ticket', {
  events: {
    Opened: Details,
    /** Only the fields that have changed. */
    Changed: Changes,
  },
  initialState: { status: 'unknown' } as State,
})
  .evolve({
    Opened: (_, details) => ({ ...details, status: 'open' }),
    Changed: (ticket, changes) => (ticket.status === 'unknown' ? ticket : { ...ticket, ...changes }),
  })
  .commands({
    open: {
      input: Details.extend({
        description: Details.shape.description.default(''),
        priority: Details.shape.priority.default('normal'),
      }),
      decide: (ticket, details) => {
        if (ticket.status !== 'unknown') return reject('ticket-exists', 'This ticket is open already')
        return { type: 'Opened', data: details }
      },
    },
    change: {
      input: Changes.refine((changes) => Object.values(changes).some((value) => value !== undefined), {
        error: 'at least one of title, description, priority and status is needed',
      }),
      decide: (ticket, changes) => {
        if (ticket.status === 'unknown') return reject('ticket-not-found', 'No such ticket', { status: 404 })
        if (ticket.status === 'closed') return reject('ticket-closed', 'A closed ticket cannot be changed')
        const changed = differences(ticket, changes)
        return Object.keys(changed).length > 0 ? { type: 'Changed', data: changed } : undefined
      },
    },
  })

/** Saving a form without having touched it is no news: history holds what has really changed. */
function differences(ticket: Content, changes: z.output<typeof Changes>): z.output<typeof Changes> {
  const fields = Object.keys(changes) as (keyof Content)[]
  const changed = fields.filter((field) => changes[field] !== undefined && changes[field] !== ticket[field])
  return Object.fromEntries(changed.map((field) => [field, changes[field]]))
}
