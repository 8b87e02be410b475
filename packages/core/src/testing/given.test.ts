import { AssertionError } from 'node:assert'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, reject } from '../definitions/index.ts'
import { given } from './given.ts'
import { at, history } from './history.ts'
import { nthId, testTime } from './test-values.ts'

type Balance = { readonly open: boolean; readonly cents: number; readonly holders: ReadonlySet<string> }

const Account = aggregate('account', {
  events: {
    Opened: z.object({ holder: z.string().min(1) }),
    Deposited: z.object({ cents: z.int(), receipt: z.uuid(), at: z.iso.datetime(), note: z.string().optional() }),
    Withdrawn: z.object({ cents: z.int().positive() }),
  },
  initialState: { open: false, cents: 0, holders: new Set() } as Balance,
})
  .evolve({
    Opened: (state, { holder }) => ({ ...state, open: true, holders: new Set([holder]) }),
    Deposited: (state, { cents }) => ({ ...state, cents: state.cents + cents }),
    Withdrawn: (state, { cents }) => ({ ...state, cents: state.cents - cents }),
  })
  .commands({
    deposit: {
      input: z.object({ cents: z.int().positive(), note: z.string().optional() }),
      decide: (state, { cents, note }, { newId, now }) => {
        if (!state.open) return reject('no-account', 'No such account', { status: 404 })
        if (cents === 1) return undefined
        return { type: 'Deposited', data: { cents, receipt: newId(), at: now, note } }
      },
    },
    rename: {
      input: z.object({ holder: z.object({ name: z.string().min(1) }) }),
      decide: (state, { holder }) => {
        ;(state.holders as Set<string>).add(holder.name)
        return undefined
      },
    },
    spoil: {
      input: z.object({ how: z.enum(['state', 'event']) }),
      decide: (state, { how }) => {
        if (how === 'state') (state as { cents: number }).cents = 0
        return { type: 'Withdrawn', data: { cents: -1 } }
      },
    },
  })

const Transfer = aggregate('transfer', {
  events: { Made: z.object({ cents: z.int(), balance: z.int() }) },
  initialState: 'none' as 'none' | 'made',
})
  .evolve({ Made: () => 'made' })
  .commands({
    make: {
      input: z.object({ from: z.string(), to: z.string(), cents: z.int().positive() }),
      reads: { to: Account.at('to') },
      writes: { from: Account.at('from') },
      decide: (_, { cents }, { from, to }) => {
        if (!to.state.open) return reject('no-account', 'The payee has no account')
        if (from.state.cents < cents) return reject('no-money', `Version ${from.version} has too little`)
        return [
          { type: 'Made', data: { cents, balance: from.state.cents - cents } },
          from.event('Withdrawn', { cents }),
        ]
      },
    },
  })

const opened = Account.event('Opened', { holder: 'Ada' })
const deposited = (cents: number) => Account.event('Deposited', { cents, receipt: nthId(1), at: testTime })

/** The message of what a test says when it fails. */
function failureOf(test: () => unknown): string {
  try {
    test()
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError)
    return (error as Error).message
  }
  throw new Error('the test should have failed')
}

describe('given events, when a command', () => {
  test('is accepted, its events are expected as they would be recorded', () => {
    given(Account, [opened])
      .when(Account.commands.deposit, { cents: 500 })
      .expectEvents([deposited(500)])
  })

  test('changes nothing, nothing is expected', () => {
    given(Account, [opened]).when(Account.commands.deposit, { cents: 1 }).expectNothing()
  })

  test('is rejected, its code is expected, and as much of the rest as matters', () => {
    const then = given(Account, []).when(Account.commands.deposit, { cents: 500 })
    then.expectRejection('no-account').expectRejection('no-account', { status: 404, title: 'No such account' })
  })

  test('is malformed, the fields that are wrong are expected', () => {
    given(Account, [opened]).when(Account.commands.deposit, { cents: -5 }).expectInvalid('cents')
    given(Account, [opened])
      .when(Account.commands.rename, { holder: { name: '' } })
      .expectInvalid('holder.name')
  })

  test('names an aggregate by what is no id, that field is wrong', () => {
    given(Transfer, []).when(Transfer.commands.make, { from: 'a', to: 'no id!', cents: 5 }).expectInvalid('to')
  })

  test('is accepted, the state after it can be expected too', () => {
    given(Account, [opened, deposited(500)])
      .when(Account.commands.deposit, { cents: 250 })
      .expectState({ open: true, cents: 750, holders: new Set(['Ada']) })
  })

  test('asks for ids and the time, they are those that the test names', () => {
    const options = { now: '2031-02-03T04:05:06.000Z', newId: () => nthId(77) }
    given(Account, [opened], options)
      .when(Account.commands.deposit, { cents: 5 })
      .expectEvents([Account.event('Deposited', { cents: 5, receipt: nthId(77), at: options.now })])
  })

  test('takes further aggregates into its decision, their histories are given and expected', () => {
    const ada = history(Account, 'ada', [opened, deposited(500)])
    given(Transfer, [])
      .and(ada, history(Account, 'bob', [opened]))
      .when(Transfer.commands.make, { from: 'ada', to: 'bob', cents: 400 })
      .expectEvents(
        [Transfer.event('Made', { cents: 400, balance: 100 })],
        history(Account, 'ada', [Account.event('Withdrawn', { cents: 400 })]),
      )
    given(Transfer, [])
      .and(ada)
      .when(Transfer.commands.make, { from: 'ada', to: 'bob', cents: 400 })
      .expectRejection('no-account')
    given(Transfer, [])
      .and(history(Account, 'bob', [opened]), ada)
      .when(Transfer.commands.make, { from: 'ada', to: 'bob', cents: 501 })
      .expectRejection('no-money', { title: 'Version 2 has too little' })
  })
})

describe('a test fails, in words that help, when', () => {
  const deposit = (cents: number) => given(Account, [opened]).when(Account.commands.deposit, { cents })

  test('other events were decided', () => {
    const message = failureOf(() => deposit(500).expectEvents([deposited(501)]))
    expect(message).toContain('Given Opened, when deposit { cents: 500 }: other events were expected.')
    expect(message).toMatch(/\+ +cents: 500/)
    expect(message).toMatch(/- +cents: 501/)
  })

  test('there are more events than expected, also for further aggregates', () => {
    expect(failureOf(() => deposit(500).expectNothing())).toContain('Deposited')
    const transfer = given(Transfer, [])
      .and(history(Account, 'ada', [opened, deposited(9)]), history(Account, 'bob', [opened]))
      .when(Transfer.commands.make, { from: 'ada', to: 'bob', cents: 5 })
    const made = Transfer.event('Made', { cents: 5, balance: 4 })
    expect(failureOf(() => transfer.expectEvents([made]))).toContain("'account-ada'")
  })

  test('it was rejected, or rejected otherwise', () => {
    const rejected = given(Account, []).when(Account.commands.deposit, { cents: 500 })
    const asItIs = 'but it was rejected: no-account (404, "No such account")'
    expect(failureOf(() => rejected.expectEvents([]))).toContain(asItIs)
    expect(failureOf(() => rejected.expectInvalid('cents'))).toContain(asItIs)
    expect(failureOf(() => rejected.expectRejection('other'))).toContain('another rejection was expected')
    expect(failureOf(() => rejected.expectRejection('no-account', { status: 409 }))).toMatch(/- +status: 409/)
  })

  test('it was accepted, or the state is another', () => {
    expect(failureOf(() => deposit(500).expectRejection('sold-out'))).toContain('but these events were decided: [')
    expect(failureOf(() => deposit(500).expectInvalid('cents'))).toContain('wrong in cents, but these events')
    const state = { open: true, cents: 400, holders: new Set(['Ada']) }
    expect(failureOf(() => deposit(500).expectState(state))).toMatch(/\+ +cents: 500/)
  })

  test('the input is wrong, or wrong elsewhere', () => {
    expect(failureOf(() => deposit(-5).expectEvents([]))).toContain('but the input is wrong in: cents')
    expect(failureOf(() => deposit(-5).expectInvalid('note'))).toContain('wrong in other fields')
  })

  test('a given event does not fit its schema, or is none of the aggregate', () => {
    const nameless = Account.event('Opened', { holder: '' })
    expect(failureOf(() => given(Account, [nameless]))).toContain(
      "an event 'Opened' of 'account' does not fit its schema",
    )
    const foreign = { type: 'Made', data: { cents: 5, balance: 5 } } as never
    expect(failureOf(() => given(Account, [foreign]))).toContain("'Made' is not an event of the aggregate 'account'")
  })

  test('an id cannot be one', () => {
    expect(failureOf(() => given(Account, [], { id: 'no id' }))).toBe("'no id' cannot be the id of an aggregate")
  })

  test('decide makes an event that cannot be recorded', () => {
    const spoil = () => given(Account, [opened]).when(Account.commands.spoil, { how: 'event' })
    expect(failureOf(spoil)).toContain("made an event 'Withdrawn' that account cannot record")
  })

  test('decide changes the state that it is given, in whatever depth', () => {
    const spoil = () => given(Account, [opened]).when(Account.commands.spoil, { how: 'state' })
    expect(failureOf(spoil)).toContain("decide of 'spoil' threw TypeError: Cannot assign to read only property 'cents'")
    expect(failureOf(spoil)).toContain('What it is given is frozen')
    const rename = () => given(Account, [opened]).when(Account.commands.rename, { holder: { name: 'Bob' } })
    expect(failureOf(rename)).toContain("decide of 'rename' threw TypeError: Cannot change a read only Map or Set")
  })

  test('evolve changes the state that it is given', () => {
    const Careless = aggregate('careless', {
      events: { Noted: z.object({ note: z.string() }) },
      initialState: { notes: [] as string[] },
    })
      .evolve({
        Noted: (state, { note }) => {
          state.notes.push(note)
          return state
        },
      })
      .commands({ note: { input: z.object({}), decide: () => ({ type: 'Noted', data: { note: 'x' } }) } })
    expect(failureOf(() => given(Careless, []).when(Careless.commands.note, {}))).toContain(
      "evolve of 'careless' for 'Noted' threw TypeError: Cannot add property 0, object is not extensible",
    )
  })

  test('a history is given that the command does not look at, or is given twice', () => {
    const carl = history(Account, 'carl', [opened])
    const transfer = given(Transfer, []).and(carl)
    const input = { from: 'ada', to: 'bob', cents: 5 }
    expect(failureOf(() => transfer.when(Transfer.commands.make, input))).toContain(
      "The history of 'account-carl' was given",
    )
    expect(failureOf(() => transfer.and(carl))).toContain("The history of 'account-carl' was given twice")
  })
})

test('the details of a given event are its own, or those of every test', () => {
  const late = at('2031-01-01T00:00:00.000Z', deposited(5))
  const { events } = history(Account, 'ada', [opened, { ...late, actor: 'ada@example.org' }])
  expect(events).toMatchObject([
    { version: 1, recordedAt: testTime, stream: 'account-ada', aggregateId: 'ada', actor: undefined },
    { version: 2, recordedAt: '2031-01-01T00:00:00.000Z', actor: 'ada@example.org' },
  ])
})
