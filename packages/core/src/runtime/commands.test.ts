import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, type CommandMessage, reject } from '../definitions/index.ts'
import { UnavailableError, UndecodableEventError } from './errors.ts'
import type { ExecuteOptions, Outcome } from './types.ts'
import { broken, type Faults, gate, World } from './world.fixture.ts'

let decisions = 0
let defaults = 0

const Account = aggregate('account', {
  events: { Moved: z.object({ amount: z.int() }), Stamped: z.object({ at: z.string() }) },
  initialState: 0,
})
  .evolve({ Moved: (balance, { amount }) => balance + amount, Stamped: (balance) => balance })
  .commands({
    deposit: {
      input: z.strictObject({ amount: z.int().positive(), by: z.object({ name: z.string() }).optional() }),
      decide: (_, { amount }) => {
        decisions += 1
        return { type: 'Moved', data: { amount } }
      },
    },
    stamp: {
      input: z.object({ at: z.string().default(() => `default ${defaults++}`) }),
      decide: (_, data) => ({ type: 'Stamped', data }),
    },
    look: { input: z.object({}), decide: () => undefined },
    withdraw: {
      input: z.object({ amount: z.int() }),
      decide: (balance, { amount }) =>
        balance < amount ? reject('poor', 'Too little') : { type: 'Moved', data: { amount: -amount } },
    },
  })

const Transfer = aggregate('transfer', { events: { Made: z.object({ amount: z.int() }) }, initialState: false })
  .evolve({ Made: () => true })
  .commands({
    make: {
      input: z.object({ from: z.string(), to: z.string().optional(), amount: z.int() }),
      writes: { from: Account.at('from'), to: Account.at('to') },
      decide: (_, { amount }, { from, to }) => [
        { type: 'Made', data: { amount } },
        from.event('Moved', { amount: -amount }),
        to.event('Moved', { amount }),
      ],
    },
  })

const bank = app('bank', { routes: {}, aggregates: [Account, Transfer] })
const { deposit, stamp, look, withdraw } = Account.commands
const { make } = Transfer.commands

async function start(events?: Faults['events']) {
  const world = await World.make()
  const runtime = await world.start(bank, events ? { events } : {})
  const execute = (message: CommandMessage, options?: ExecuteOptions) => world.run(runtime.execute(message, options))
  return { world, runtime, execute, run: <T>(work: Promise<T>) => world.run(work) }
}

const id = (commandId: string) => ({ commandId })
const fieldsOf = (outcome: Outcome) => (outcome.outcome === 'invalid' ? outcome.faults.map(({ field }) => field) : [])

describe('G11 bad input', () => {
  test.each<[string, CommandMessage, string[]]>([
    ['a field', deposit('1', { amount: -1 }), ['amount']],
    ['a field that is missing', deposit('1', {} as never), ['amount']],
    ['a nested field', deposit('1', { amount: 1, by: { name: 7 as never } }), ['by.name']],
    ['several fields', deposit('1', { amount: 0, by: {} as never }), ['amount', 'by.name']],
    ['fields that are not known', deposit('1', { amount: 1, a: 1, b: 2 } as never), ['a', 'b']],
    ['the whole input', deposit('1', 'text' as never), ['']],
    ['an id', deposit('no spaces', { amount: 1 }), ['id']],
    ['an id that is empty', deposit('', { amount: 1 }), ['id']],
    ['an id of another aggregate', make('1', { from: 'a/b', to: 'b', amount: 1 }), ['from']],
    [
      'ids and fields together',
      make('a b', { from: '', to: 'c/d', amount: 'x' as never }),
      ['id', 'from', 'to', 'amount'],
    ],
    ['an id of another aggregate that was left out', make('1', { from: 'a', amount: 1 }), ['to']],
  ])('names %s and never reaches decide', async (_, message, fields) => {
    const { execute } = await start()
    const before = decisions
    expect(fieldsOf(await execute(message))).toEqual(fields)
    expect(decisions).toBe(before)
  })

  test('says what is missing, and what is wrong with what is there', async () => {
    const { execute } = await start()
    expect(await execute(deposit('1', { by: { name: 7 } } as never))).toEqual({
      outcome: 'invalid',
      faults: [
        { field: 'amount', message: 'is missing' },
        { field: 'by.name', message: 'Invalid input: expected string, received number' },
      ],
    })
  })

  test('a command that the application does not have is a defect of its caller, told by a rejected promise', async () => {
    const { runtime } = await start()
    const Other = aggregate('other', { events: {}, initialState: 0 })
      .evolve({})
      .commands({
        go: { input: z.object({}), decide: () => undefined },
      })
    await expect(runtime.execute(Other.commands.go('1', {}))).rejects.toThrow(/not part of bank/)
  })
})

describe('G6 a command with an id', () => {
  test('is the same one again although its schema makes another default every time', async () => {
    const { execute } = await start()
    const first = await execute(stamp('1', {}), id('k'))
    const again = await execute(stamp('1', {}), id('k'))
    expect(again).toEqual({ ...first, token: expect.any(String), repeated: true })
    expect(await execute(stamp('1', { at: 'another' }), id('k'))).toEqual({ outcome: 'id-reused' })
  })

  test('that wrote to several streams has the same answer again, and a token for all of them', async () => {
    const { execute } = await start()
    const transfer = make('t', { from: 'a', to: 'b', amount: 5 })
    const first = await execute(transfer, id('k'))
    expect(first).toMatchObject({ outcome: 'accepted', version: 1, events: [{ stream: 'transfer-t', type: 'Made' }] })
    const again = await execute(transfer, id('k'))
    expect(again).toEqual({ ...first, token: expect.any(String), repeated: true })
    const content = Buffer.from((again as { token: string }).token, 'base64url').toString()
    expect(content).toMatch(/1 transfer-t 1 account-a 1 account-b$/)
  })

  test('may name one other aggregate twice', async () => {
    const { execute } = await start()
    const transfer = make('t', { from: 'a', to: 'a', amount: 5 })
    expect(await execute(transfer, id('k'))).toMatchObject({ outcome: 'accepted', version: 1 })
    expect(await execute(transfer, id('k'))).toMatchObject({ repeated: true, version: 1 })
    expect(await execute(look('a', {}))).toMatchObject({ version: 2, state: 0 })
  })

  test('waits for one with the same id that is under way, also when many do', async () => {
    const { world, runtime, run } = await start()
    const before = decisions
    const many = Array.from({ length: 20 }, () => runtime.execute(deposit('1', { amount: 1 }), id('k')))
    const other = runtime.execute(deposit('2', { amount: 1 }), id('k'))
    const outcomes = await run(Promise.all(many))
    expect(outcomes.map((outcome) => outcome.outcome === 'accepted' && outcome.version)).toEqual(many.map(() => 1))
    expect(outcomes.filter((outcome) => outcome.outcome === 'accepted' && !outcome.repeated)).toHaveLength(1)
    expect(await run(other)).toEqual({ outcome: 'id-reused' })
    expect(decisions).toBe(before + 1)
    expect((await world.events.readFeed(undefined, 10)).commits).toHaveLength(1)
  })

  test('is answered as recorded when another process has recorded it since it was looked up', async () => {
    const { world, run, runtime } = await start()
    const elsewhere = await world.start(bank)
    const message = deposit('1', { amount: 1 })
    const outcomes = await run(
      Promise.all([
        runtime.execute(message, id('k')),
        elsewhere.execute(message, id('k')),
        elsewhere.execute(deposit('1', { amount: 2 })),
      ]),
    )
    const [first, second] = outcomes.map(
      (outcome) => outcome.outcome === 'accepted' && [outcome.version, outcome.events],
    )
    expect(second).toEqual(first)
    expect(await run(runtime.execute(look('1', {})))).toMatchObject({ version: 2, state: 3 })
  })

  test('that was rejected, or failed, is decided anew', async () => {
    const { execute } = await start()
    expect(await execute(withdraw('1', { amount: 5 }), id('k'))).toMatchObject({ outcome: 'rejected' })
    await execute(deposit('1', { amount: 5 }))
    expect(await execute(withdraw('1', { amount: 5 }), id('k'))).toMatchObject({ outcome: 'accepted', repeated: false })
    expect(await execute(withdraw('1', { amount: 5 }), id('k'))).toMatchObject({ outcome: 'accepted', repeated: true })
  })
})

describe('when the store fails', () => {
  test.each<[string, Faults['events']]>([
    ['looked up', () => ({ findCommand: broken })],
    ['appended', () => ({ append: broken })],
    ['decided', () => ({ readStream: broken })],
  ])('a command that cannot be %s says that it cannot be known now', async (_, events) => {
    const { execute } = await start(events)
    const failure: unknown = await execute(deposit('1', { amount: 1 }), id('k')).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(UnavailableError)
    expect(failure).toMatchObject({ cause: { message: 'disk full' } })
  })

  test('one that cannot be repeated says so too', async () => {
    let isBroken = false
    const { execute } = await start((store) => ({
      readStream: (...place) => (isBroken ? broken() : store.readStream(...place)),
    }))
    await execute(deposit('1', { amount: 1 }), id('k'))
    isBroken = true
    await expect(execute(deposit('1', { amount: 1 }), id('k'))).rejects.toBeInstanceOf(UnavailableError)
  })

  test('a history that cannot be read is told from a store that cannot be used', async () => {
    const { world, execute } = await start()
    await world.behind('account-1', 0, 'Vanished', {})
    await expect(execute(deposit('1', { amount: 1 }))).rejects.toBeInstanceOf(UndecodableEventError)
    await world.raw('account-2', 0, '{"at":"","events":[null]}')
    await expect(execute(deposit('2', { amount: 1 }))).rejects.toBeInstanceOf(UndecodableEventError)
    await world.behind('account-3', 0, 'Moved', null as never)
    await expect(execute(deposit('3', { amount: 1 }))).rejects.toBeInstanceOf(UndecodableEventError)
  })
})

describe('when the application is stopped', () => {
  test('a command that is being looked up is refused, those under way are answered', async () => {
    const { opened, open } = gate()
    const { runtime, run } = await start((store) => ({
      findCommand: async (commandId) => {
        await opened
        return store.findCommand(commandId)
      },
    }))
    const plain = runtime.execute(deposit('1', { amount: 1 }))
    const withIds = [1, 2, 3].map(() => runtime.execute(deposit('1', { amount: 1 }), id('k')))
    const stopped = runtime.stop()
    open()
    const [first, ...others] = await run(Promise.allSettled([plain, ...withIds]))
    expect(first).toMatchObject({ value: { outcome: 'accepted' } })
    for (const other of others) expect(other).toMatchObject({ reason: expect.any(UnavailableError) })
    await run(stopped)
    await expect(runtime.execute(deposit('1', { amount: 1 }))).rejects.toThrow(/stopping/)
    await expect(runtime.execute(deposit('1', { amount: 1 }), id('k'))).rejects.toThrow(/stopping/)
  })
})
