import { test } from 'vitest'
import { at, history, project } from 'weir/testing'
import { TicketHistories } from './history.ts'
import { Ticket } from './ticket.ts'

const NINE = '2030-05-01T09:00:00.000Z'
const TEN = '2030-05-01T10:00:00.000Z'

const printer = { title: 'The printer is on fire', description: 'Since nine.', priority: 'high' as const }

test('a ticket’s history is each of its events, with what they changed', async () => {
  await project(TicketHistories)
    .given(
      history(Ticket, 't-1', [
        at(NINE, Ticket.event('Opened', printer)),
        at(TEN, Ticket.event('Changed', { status: 'closed' })),
      ]),
    )
    .expectDocuments([
      {
        id: 't-1',
        entries: [
          { version: 1, at: NINE, changes: { ...printer, status: 'open' } },
          { version: 2, at: TEN, changes: { status: 'closed' } },
        ],
      },
    ])
})
