import { describe, test } from 'vitest'
import { at, history, project } from 'weir/testing'
import { Tickets } from './read-model.ts'
import { Ticket } from './ticket.ts'

const NINE = '2030-05-01T09:00:00.000Z'
const TEN = '2030-05-01T10:00:00.000Z'
const NOON = '2030-05-01T12:00:00.000Z'

const printer = { title: 'The printer is on fire', description: 'Since nine.', priority: 'high' as const }
const opened = at(NINE, Ticket.event('Opened', printer))

describe('the list of tickets', () => {
  test('shows a ticket from when it was opened', async () => {
    await project(Tickets)
      .given(history(Ticket, 't-1', [opened]))
      .expectDocuments([{ id: 't-1', ...printer, status: 'open', createdAt: NINE, updatedAt: NINE }])
  })

  test('shows what a ticket has become, and since when', async () => {
    await project(Tickets)
      .given(
        history(Ticket, 't-1', [
          opened,
          at(TEN, Ticket.event('Changed', { status: 'in_progress', priority: 'low' })),
          at(NOON, Ticket.event('Changed', { description: 'It has burnt down.', status: 'closed' })),
        ]),
        history(Ticket, 't-2', [at(TEN, Ticket.event('Opened', { ...printer, title: 'Smoke' }))]),
      )
      .expectDocuments([
        {
          id: 't-1',
          title: 'The printer is on fire',
          description: 'It has burnt down.',
          priority: 'low',
          status: 'closed',
          createdAt: NINE,
          updatedAt: NOON,
        },
        { id: 't-2', ...printer, title: 'Smoke', status: 'open', createdAt: TEN, updatedAt: TEN },
      ])
  })
})
