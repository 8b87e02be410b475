import { describe, test } from 'vitest'
import { at, history, nthId, project } from 'weir/testing'
import { Concert } from './concert.ts'
import { Concerts, Tickets } from './read-models.ts'

const cure = { name: 'The Cure', date: '2030-05-01', venue: 'Arena', availableTickets: 2, ticketPrice: 49.5 }
const blur = { name: 'Blur', date: '2030-05-01T20:00+02:00', venue: 'Club', availableTickets: 1, ticketPrice: 0 }
const ada = { customerName: 'Ada', customerEmail: 'ada@example.org' }
const bob = { customerName: 'Bob', customerEmail: 'bob@example.org' }
const NINE = '2030-01-01T09:00:00.000Z'
const TEN = '2030-01-01T10:00:00.000Z'

const histories = [
  history(Concert, 'cure', [
    Concert.event('Scheduled', cure),
    at(NINE, Concert.event('TicketSold', { ticketId: nthId(1), ...ada })),
    at(TEN, Concert.event('TicketSold', { ticketId: nthId(2), ...bob })),
  ]),
  history(Concert, 'blur', [
    Concert.event('Scheduled', blur),
    at(TEN, Concert.event('TicketSold', { ticketId: nthId(3), ...ada })),
  ]),
  history(Concert, 'empty', [Concert.event('Scheduled', blur)]),
]

describe('the concerts', () => {
  test('show how many tickets are left', async () => {
    await project(Concerts)
      .given(...histories)
      .expectDocuments([
        { id: 'cure', ...cure, availableTickets: 0 },
        { id: 'blur', ...blur, availableTickets: 0 },
        { id: 'empty', ...blur, availableTickets: 1 },
      ])
  })
})

describe('the tickets', () => {
  test('show who bought what and when', async () => {
    await project(Tickets)
      .given(...histories)
      .expectDocuments([
        { id: nthId(1), concertId: 'cure', ...ada, purchaseDate: NINE },
        { id: nthId(2), concertId: 'cure', ...bob, purchaseDate: TEN },
        { id: nthId(3), concertId: 'blur', ...ada, purchaseDate: TEN },
      ])
  })
})
