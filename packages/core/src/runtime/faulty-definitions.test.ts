import { expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app } from '../definitions/index.ts'
import type { Outcome } from './types.ts'
import { World } from './world.fixture.ts'

/** A definition may be wrong in ways that types do not show. It then harms its own commands, and nothing else. */

interface Basket {
  sum: number
  items: string[]
}

const Trolley = aggregate('trolley', {
  events: { Added: z.object({ item: z.string() }) },
  initialState: { sum: 0, items: [] } as Basket,
})
  .evolve({ Added: ({ sum, items }, { item }) => ({ sum: sum + 1, items: [...items, item] }) })
  .commands({
    add: { input: z.object({ item: z.string() }), decide: (_, data) => ({ type: 'Added', data }) },
    spoil: {
      input: z.object({}),
      decide: ({ items }) => {
        items.push('smuggled')
        throw new Error('too late')
      },
    },
    meddle: {
      input: z.object({}),
      decide: (basket) => {
        basket.sum = 1000
        return { type: 'Added', data: { item: 'never' } }
      },
    },
    dawdle: {
      input: z.object({}),
      decide: (async () => {
        throw new Error('nobody waits for this')
      }) as never,
    },
    be: { input: z.strictObject({ quiet: z.boolean() }), decide: () => undefined },
    list: { input: z.object({ items: z.array(z.string()) }), decide: () => undefined },
  })

const shop = app('shop', { routes: {}, aggregates: [Trolley] })
const { add, be, dawdle, list, meddle, spoil } = Trolley.commands

async function start() {
  const world = await World.make()
  const runtime = await world.start(shop, {})
  return { runtime, run: <T>(work: Promise<T>) => world.run(work) }
}

const stateOf = (outcome: Outcome) => (outcome.outcome === 'accepted' ? outcome.state : outcome)
const faultsOf = (outcome: Outcome) => (outcome.outcome === 'invalid' ? outcome.faults : [])

test('G7 a decision that changes its state and then throws is seen by none after it, nor by other aggregates', async () => {
  const { run, runtime } = await start()
  await run(runtime.execute(add('1', { item: 'a' })))
  const spoiling = runtime.execute(spoil('1', {}))
  const next = runtime.execute(add('1', { item: 'b' }))
  await expect(run(spoiling)).rejects.toThrow('too late')
  expect(stateOf(await run(next))).toEqual({ sum: 2, items: ['a', 'b'] })
  await expect(run(runtime.execute(spoil('new', {})))).rejects.toThrow()
  expect(stateOf(await run(runtime.execute(add('other', { item: 'c' }))))).toEqual({ sum: 1, items: ['c'] })
})

test('a decision that changes its state in place is refused', async () => {
  const { run, runtime } = await start()
  await run(runtime.execute(add('1', { item: 'a' })))
  await expect(run(runtime.execute(meddle('1', {})))).rejects.toThrow(/read only/)
})

test('an asynchronous decision is refused, and its promise is nobody’s burden', async () => {
  const { run, runtime } = await start()
  await expect(run(runtime.execute(dawdle('1', {})))).rejects.toThrow(/has to answer at once/)
})

test('G11 of very many faults the first are named, and the others counted', async () => {
  const { run, runtime } = await start()
  const unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, 1]))
  const strict = faultsOf(await run(runtime.execute(be('1', { quiet: true, ...unknown }))))
  expect(strict).toHaveLength(51)
  expect(strict[0]).toEqual({ field: 'key0', message: 'is not a known field' })
  expect(strict.at(-1)).toEqual({ field: '', message: '9950 more faults are not listed' })
  const wrong = faultsOf(await run(runtime.execute(list('1', { items: Array(1000).fill(0) }))))
  expect(wrong).toHaveLength(51)
})

test('G11 an id that a path would not lead to is refused', async () => {
  const { run, runtime } = await start()
  for (const id of ['.', '..']) expect(faultsOf(await run(runtime.execute(add(id, { item: 'a' }))))).toHaveLength(1)
})
