import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { after, aggregate, app, type Duration, policy } from '../definitions/index.ts'
import { Order, place } from './policy-shop.fixture.ts'
import type { Runtime } from './types.ts'
import { World } from './world.fixture.ts'

const Memo = aggregate('memo', { events: { Kept: z.object({ text: z.string() }) }, initialState: 0 })
  .evolve({ Kept: (count) => count + 1 })
  .commands({
    keep: { input: z.any(), decide: (_, input) => ({ type: 'Kept', data: { text: JSON.stringify(input) ?? '' } }) },
  })

/** Keeps a memo about each order a while later; `inputs` by the order's number. */
async function shopWith(inputs: readonly unknown[], delay: Duration = '1 second', id = 'memo') {
  const world = await World.make()
  const remind = policy('remind', { attempts: 1 }).on(Order, {
    Placed: ({ aggregateId: key, data }) => after(delay, Memo.commands.keep(id, inputs[data.n]), { key }),
  })
  const runtime = await world.start(app('shop', { routes: {}, policies: [remind], aggregates: [Order, Memo] }))
  const order = (id: string, n: number) => world.run(runtime.execute(place(id, n)))
  return { world, runtime, order }
}

const errors = async ({ operations }: Runtime) => (await operations.deadLetters()).map(({ error }) => error)
const cycle: { self?: unknown } = {}
cycle.self = cycle

describe('a timer', () => {
  test.each([
    ['a bigint', { n: 5n }, /timer 'a' cannot be kept as JSON: .*BigInt/],
    ['a cycle', cycle, /timer 'a' cannot be kept as JSON: .*circular/],
    ['a date', { at: new Date(0) }, /'input\.at' would not come back as it was/],
    ['a map', { list: [new Map()] }, /'input\.list\.0' would not come back as it was/],
    ['no number', { n: Number.NaN }, /'input\.n' would not come back as it was/],
    ['a list with gaps', { list: [undefined] }, /'input\.list\.0' would not come back as it was/],
    ['a function', { call: () => 1 }, /'input\.call' would not come back as it was/],
    ['very much', { text: 'x'.repeat(1_000_001) }, /longer than 1000000 characters/],
  ])('G10 whose input is %s parks its event, and harms no others', async (_, input, error) => {
    const { world, runtime, order } = await shopWith([input, { text: 'fine', none: undefined }])
    await order('a', 0)
    await order('b', 1)
    await world.clock.advance(2000)
    expect(await errors(runtime)).toEqual([expect.stringMatching(error)])
    expect(await world.run(runtime.execute(Memo.commands.keep('memo', {})))).toMatchObject({ state: 2 })
    expect(await runtime.readiness()).toMatchObject({ ready: true })
  })

  test('is kept as it was answered, though its input is changed later', async () => {
    const input = { text: 'as it was' }
    const { world, order } = await shopWith([input])
    await order('a', 0)
    await world.clock.advance(100)
    input.text = 'changed'
    await world.clock.advance(2000)
    const { commits } = await world.events.readFeed(undefined, 10)
    expect(commits.at(-1)?.payload).toContain('as it was')
  })

  test('G10 whose time no date can hold parks its event', async () => {
    const { world, runtime, order } = await shopWith([{}], '9000000000000000 ms')
    await order('a', 0)
    await world.clock.advance(2000)
    expect(await errors(runtime)).toEqual([expect.stringContaining("timer 'a' would be due at a time that no date")])
    expect(await runtime.operations.timers()).toEqual([])
  })

  test('G10 whose command is for no aggregate parks its event', async () => {
    const { world, runtime, order } = await shopWith([{}], '1 second', 'a/b')
    await order('a', 0)
    await world.clock.advance(2000)
    expect(await errors(runtime)).toEqual([expect.stringContaining('cannot be the id of an aggregate')])
  })
})
