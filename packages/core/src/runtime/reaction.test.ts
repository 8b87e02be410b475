import { describe, expect, test } from 'vitest'
import { aggregate, policy } from '../definitions/index.ts'
import { doJob, Order, PolicyWorld, place } from './policy-shop.fixture.ts'

describe('a command of a policy', () => {
  test('tells what it follows from, and who issued it', async () => {
    const react = policy('react').on(Order, { Placed: ({ aggregateId }) => doJob(aggregateId) })
    const shop = await PolicyWorld.start(react)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await shop.world.run(
      shop.runtime.execute(place('a'), { commandId: 'first', correlationId: 'request', traceparent }),
    )
    await shop.settle()
    const [placed, done] = await shop.events()
    expect(done).toMatchObject({
      causationId: placed?.id,
      correlationId: 'request',
      actor: 'policy:react',
      traceparent,
    })
    expect(done?.commandId).not.toBe(placed?.commandId)
  })

  test('is executed in its turn: several of one event, one after the other, on whatever aggregates', async () => {
    const react = policy('react').on(Order, { Placed: () => [doJob('x', 1), doJob('y', 2), doJob('x', 3)] })
    const shop = await PolicyWorld.start(react)
    await shop.settle(place('a'))
    expect(await shop.jobs()).toEqual([
      ['x', 1],
      ['y', 2],
      ['x', 3],
    ])
  })

  test('G5 makes one aggregate, though it does not say which', async () => {
    let calls = 0
    const react = policy('react').on(Order, {
      Placed: () => {
        calls += 1
        return [Order.commands.note.create({ n: 1 }), ...(calls === 1 ? [doJob('x', 666)] : [])]
      },
    })
    const shop = await PolicyWorld.start(react)
    await shop.settle(place('a'))
    expect(calls).toBe(2)
    expect((await shop.events()).map(({ type }) => type)).toEqual(['Placed', 'Noted'])
  })

  test('G5 counts as it was first, when the handler answers another at the next attempt', async () => {
    const react = policy('react').on(Order, {
      Placed: (_, __, { attempt }) => [doJob('x', attempt), ...(attempt === 1 ? [doJob('y', 666)] : [])],
    })
    const shop = await PolicyWorld.start(react)
    await shop.settle(place('a'))
    expect(await shop.jobs()).toEqual([['x', 1]])
    expect(await shop.runtime.operations.policies()).toMatchObject([{ pending: 0, parked: 0 }])
  })

  test('that is rejected is done; the policy may react to that, and what it answers then is only tried', async () => {
    const seen: unknown[] = []
    const react = policy('react', {
      onRejected: ({ rejection, command, event }, _, { idempotencyKey }) => {
        seen.push([rejection.code, (command.input as { n: number }).n, event.aggregateId, idempotencyKey])
        return [doJob('x', 13), doJob('x', 2)]
      },
    }).on(Order, {
      Placed: (_, __, { idempotencyKey }) => {
        seen.push(idempotencyKey)
        return [doJob('x', 13), doJob('x', 1)]
      },
    })
    const shop = await PolicyWorld.start(react)
    await shop.settle(place('a'))
    expect(await shop.jobs()).toEqual([
      ['x', 2],
      ['x', 1],
    ])
    expect(seen).toMatchObject([expect.any(String), ['unlucky', 13, 'a', expect.any(String)]])
    expect(new Set(seen.flat())).toHaveProperty('size', 5)
  })
})

describe('an event fails', () => {
  const Other = aggregate('other', { events: {}, initialState: 0 }).evolve({}).commands({})
  test.each([
    ['a decision throws', () => doJob('x', 666), 'this decision is broken'],
    ['the input does not fit', () => doJob('x', 0.5), "the input of its command 'do' is wrong: 'n': "],
    ['the id is none', () => doJob('no id'), "'id': has to be"],
    ['its answer is no step', () => 'x' as never, 'it answered what is no step'],
    ['a step is missing', () => [undefined] as never, 'it answered what is no step'],
    [
      'the command is not of the application',
      () =>
        ({ command: { kind: 'command', aggregate: Other, commandName: 'go' }, aggregateId: 'x', input: {} }) as never,
      'is not part of shop',
    ],
    ['a timer has no key', () => ({ kind: 'cancel', key: '' }) as never, 'a timer cannot have the key ""'],
  ])('when %s', async (_, answer, why) => {
    const react = policy('react', { attempts: 1 }).on(Order, { Placed: answer })
    const shop = await PolicyWorld.start(react)
    await shop.settle(place('a'))
    const [letter] = await shop.runtime.operations.deadLetters()
    expect(letter?.error).toContain(why)
    expect(await shop.jobs()).toEqual([])
  })
})
