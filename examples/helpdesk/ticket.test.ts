import { describe, test } from 'vitest'
import { given } from 'weir/testing'
import { Ticket } from './ticket.ts'

const { open, change } = Ticket.commands

const printer = { title: 'The printer is on fire', description: 'Since nine.', priority: 'high' as const }
const opened = Ticket.event('Opened', printer)
const closed = Ticket.event('Changed', { status: 'closed' })

describe('a ticket is opened', () => {
  test('with what the customer says', () => {
    given(Ticket, []).when(open, printer).expectEvents([opened])
  })

  test('with a title alone: nothing is described, and it is not urgent', () => {
    given(Ticket, [])
      .when(open, { title: 'Hello?' })
      .expectEvents([Ticket.event('Opened', { title: 'Hello?', description: '', priority: 'normal' })])
  })

  test('once', () => {
    given(Ticket, [opened]).when(open, printer).expectRejection('ticket-exists', { status: 409 })
  })

  test('with a title of 1 to 200 characters, not counting the spaces around it', () => {
    const titled = (title: string) => given(Ticket, []).when(open, { ...printer, title })
    titled(' ? ').expectEvents([Ticket.event('Opened', { ...printer, title: '?' })])
    titled('x'.repeat(200)).expectEvents([Ticket.event('Opened', { ...printer, title: 'x'.repeat(200) })])
    titled('x'.repeat(201)).expectInvalid('title')
    titled('   ').expectInvalid('title')
  })

  test('with a description of at most 5000 characters', () => {
    const described = (description: string) => given(Ticket, []).when(open, { ...printer, description })
    described('x'.repeat(5000)).expectEvents([Ticket.event('Opened', { ...printer, description: 'x'.repeat(5000) })])
    described('x'.repeat(5001)).expectInvalid('description')
  })
})

describe('a ticket is changed', () => {
  test('in what differs from before, and nothing else', () => {
    given(Ticket, [opened])
      .when(change, { ...printer, priority: 'low', status: 'in_progress' })
      .expectEvents([Ticket.event('Changed', { priority: 'low', status: 'in_progress' })])
  })

  test('to what it is already: nothing happens', () => {
    given(Ticket, [opened])
      .when(change, { ...printer, status: 'open' })
      .expectNothing()
    given(Ticket, [opened, Ticket.event('Changed', { title: 'All is well' })])
      .when(change, { title: 'All is well' })
      .expectNothing()
  })

  test('in at least one field', () => {
    given(Ticket, [opened]).when(change, {}).expectInvalid('')
    given(Ticket, [opened]).when(change, { title: undefined }).expectInvalid('')
  })

  test('within the same bounds as when it was opened', () => {
    given(Ticket, [opened])
      .when(change, { title: '', description: 'x'.repeat(5001) })
      .expectInvalid('title', 'description')
  })

  test('from any status to any other, until it is closed', () => {
    given(Ticket, [opened, Ticket.event('Changed', { status: 'resolved' })])
      .when(change, { status: 'open' })
      .expectEvents([Ticket.event('Changed', { status: 'open' })])
    given(Ticket, [opened]).when(change, { status: 'closed' }).expectEvents([closed])
  })

  test('not after it was closed: not even to be opened again, or to stay as it is', () => {
    for (const changes of [{ status: 'open' }, { title: 'New' }, { status: 'closed' }] as const) {
      given(Ticket, [opened, closed]).when(change, changes).expectRejection('ticket-closed', { status: 409 })
    }
  })

  test('only if there is one', () => {
    given(Ticket, []).when(change, { status: 'closed' }).expectRejection('ticket-not-found', { status: 404 })
  })
})
