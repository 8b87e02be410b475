import { describe, test } from 'vitest'
import { given, nthId } from 'weir/testing'
import { Concert } from './concert.ts'

const { schedule, buyTicket } = Concert.commands

const details = { name: 'The Cure', date: '2030-05-01', venue: 'Arena', availableTickets: 2, ticketPrice: 49.5 }
const scheduled = Concert.event('Scheduled', details)
const ada = { customerName: 'Ada', customerEmail: 'ada@example.org' }
const sold = (n: number) => Concert.event('TicketSold', { ticketId: nthId(n), ...ada })

describe('a concert is scheduled', () => {
  test('once', () => {
    given(Concert, []).when(schedule, details).expectEvents([scheduled])
    given(Concert, [scheduled]).when(schedule, details).expectRejection('concert-exists', { status: 409 })
  })

  test('on a day or at a time, and keeps it as it was written', () => {
    for (const date of [
      '2030-05-01',
      '2030-05-01T20:00',
      '2030-05-01T20:00Z',
      '2030-05-01T20:00+02:00',
      '2030-05-01T20:00:00',
      '2030-05-01T20:00:00Z',
      '2030-05-01T20:00:00.000Z',
      '2030-05-01T20:00:00+02:00',
      '2028-02-29',
    ]) {
      given(Concert, [])
        .when(schedule, { ...details, date })
        .expectEvents([Concert.event('Scheduled', { ...details, date })])
    }
  })

  test('on no day that there is not', () => {
    for (const date of ['', 'tomorrow', '01.05.2030', '2030-13-01', '2030-02-30', '2030-05-01T25:00:00Z', '2030']) {
      given(Concert, [])
        .when(schedule, { ...details, date })
        .expectInvalid('date')
    }
  })

  test('with a whole number of tickets, none at the least, at a price that is not negative', () => {
    const free = { ...details, availableTickets: 0, ticketPrice: 0 }
    given(Concert, [])
      .when(schedule, free)
      .expectEvents([Concert.event('Scheduled', free)])
    given(Concert, [])
      .when(schedule, { ...details, availableTickets: -1, ticketPrice: -0.01 })
      .expectInvalid('availableTickets', 'ticketPrice')
    given(Concert, [])
      .when(schedule, { ...details, availableTickets: 1.5, ticketPrice: Number.POSITIVE_INFINITY })
      .expectInvalid('availableTickets', 'ticketPrice')
  })

  test('with a name and a venue', () => {
    given(Concert, [])
      .when(schedule, { ...details, name: ' ', venue: '' })
      .expectInvalid('name', 'venue')
  })
})

describe('a ticket is bought', () => {
  test('for a seat that is left', () => {
    given(Concert, [scheduled, sold(7)])
      .when(buyTicket, ada)
      .expectEvents([sold(1)])
      .expectState({ status: 'on-sale', left: 0 })
  })

  test('not when none is', () => {
    given(Concert, [scheduled, sold(7), sold(8)])
      .when(buyTicket, ada)
      .expectRejection('sold-out', { status: 400, title: 'No tickets available' })
    given(Concert, [Concert.event('Scheduled', { ...details, availableTickets: 0 })])
      .when(buyTicket, ada)
      .expectRejection('sold-out')
  })

  test('not for a concert that there is not', () => {
    given(Concert, []).when(buyTicket, ada).expectRejection('concert-not-found', { status: 404 })
  })

  test('by somebody with a name and an e-mail address', () => {
    given(Concert, [scheduled])
      .when(buyTicket, { customerName: '', customerEmail: 'ada' })
      .expectInvalid('customerName', 'customerEmail')
  })
})
