import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyPolicy, after, aggregate, app, policy } from '../../definitions/index.ts'
import type { EventStore } from '../../ports/index.ts'
import { doJob, Job, Order, PolicyWorld, place } from '../policy-shop.fixture.ts'
import { World } from '../world.fixture.ts'
import type { Causation, CausationNode } from './explorer.ts'

/** A story in words: each node under what led to it; what stands side by side in the order of its words. */
function told({ nodes, edges }: Causation): string[] {
  const tell = (node: CausationNode): string => [wordsOf(node), ...below(node.id)].join('\n').replaceAll('\n', '\n  ')
  const below = (id: string): string[] =>
    nodes
      .filter((node) => edges.some(({ from, to }) => from === id && to === node.id))
      .map(tell)
      .sort()
  const roots = nodes.filter(({ id }) => edges.every(({ to }) => to !== id))
  return roots.flatMap((root) => tell(root).split('\n'))
}

function wordsOf({ kind, label, status, stream, version }: CausationNode): string {
  if (kind === 'policy') return `${label}: ${status}`
  return kind === 'event' ? `${label} ${stream}@${version}` : `${kind} ${label}`
}

const story = (shop: PolicyWorld, stream: string, version = 1) =>
  shop.world.run(shop.runtime.operations.causation(stream, version))

describe('what an event belongs to', () => {
  const byEach = policy('by-each').on(Order, {
    Placed: ({ data }) => [doJob('a', data.n), doJob('unlucky', 13), doJob('b', data.n)],
  })
  const again = policy('again').on(Job, {
    Done: ({ aggregateId, data }) => (data.n < 3 && aggregateId === 'a' ? doJob('a', data.n + 1) : undefined),
  })

  const whole = [
    'request r-1',
    '  command order.place',
    '    Placed order-o@1',
    '      by-each: reacted',
    '        command job.do',
    '          Done job-a@2',
    '            again: reacted',
    '              command job.do',
    '                Done job-a@3',
    '                  again: reacted',
    '                    command job.do',
    '                      Done job-a@4',
    '                        again: nothing',
    '        command job.do',
    '          Done job-b@2',
    '            again: nothing',
  ]

  test.each([
    ['order-o', 1],
    ['job-a', 2],
    ['job-a', 4],
    ['job-b', 2],
  ])('is told whole from each of its events: %s@%d', async (stream, version) => {
    const shop = await PolicyWorld.start([byEach, again])
    await shop.settle(place('other', 3))
    await shop.world.run(shop.runtime.execute(place('o'), { correlationId: 'r-1', actor: 'api-key:x' }))
    await shop.settle()
    const causation = await story(shop, stream, version)
    expect(told(causation)).toEqual(whole)
    expect(causation).toMatchObject({ correlationId: 'r-1', truncated: false })
    expect(causation.nodes[0]).toMatchObject({ actor: 'api-key:x', kind: 'request' })
    expect(causation.nodes.find(({ label }) => label === 'job.do')).toMatchObject({ actor: 'policy:by-each' })
  })

  test('has what followed from a rejection', async () => {
    const makeUp = policy('make-up', { onRejected: () => [doJob('sorry'), doJob('sorry', 2)] }).on(Order, {
      Placed: () => [doJob('unlucky', 13), doJob('a')],
    })
    const shop = await PolicyWorld.start(makeUp)
    await shop.settle(place('o'))
    expect(told(await story(shop, 'job-sorry', 2))).toEqual([
      expect.stringMatching(/^request /),
      '  command order.place',
      '    Placed order-o@1',
      '      make-up: reacted',
      '        command job.do',
      '          Done job-a@1',
      '        command job.do',
      '          Done job-sorry@1',
      '        command job.do',
      '          Done job-sorry@2',
    ])
  })

  test('says which command had nothing to do', async () => {
    const shop = await PolicyWorld.start(policy('idles').on(Order, { Placed: () => doJob('a', 0) }))
    await shop.settle(place('o'))
    const { nodes } = await story(shop, 'order-o')
    expect(nodes.at(-1)).toMatchObject({ kind: 'command', label: 'job', stream: 'job-a', status: 'nothing' })
    expect(nodes.filter(({ kind, status }) => kind === 'command' && status === undefined)).toHaveLength(1)
  })

  test('has the timer that waits, and what it has led to when it was due', async () => {
    const later = policy('later').on(Order, { Placed: () => after('1 hour', doJob('a'), { key: 'k' }) })
    const shop = await PolicyWorld.start(later)
    await shop.settle(place('o'))
    const waiting = await story(shop, 'order-o')
    expect(waiting.nodes.at(-1)).toMatchObject({ label: 'later', status: 'waiting', due: '2030-01-01T01:00:00.000Z' })
    await shop.world.clock.advance(3_600_000)
    await shop.settle()
    const words = told(await story(shop, 'job-a'))
    expect(words.slice(2)).toEqual([
      '    Placed order-o@1',
      '      later: reacted',
      '        command job.do',
      '          Done job-a@1',
    ])
  })

  test('says which policy waits for repair', async () => {
    const fails = policy('fails', { attempts: 1 }).on(Order, { Placed: () => doJob('a', 666) })
    const shop = await PolicyWorld.start(fails)
    await shop.settle(place('o'), place('o'))
    for (const version of [1, 2]) {
      expect((await story(shop, 'order-o', version)).nodes.at(-1)).toMatchObject({ label: 'fails', status: 'parked' })
    }
  })

  test('says which timer has failed for good', async () => {
    const fails = policy('fails', { attempts: 1 }).on(Order, {
      Placed: () => after('1 second', doJob('a', 666), { key: 'k' }),
    })
    const shop = await PolicyWorld.start(fails)
    await shop.settle(place('o'))
    await shop.world.clock.advance(1000)
    await shop.settle()
    expect((await story(shop, 'order-o')).nodes.at(-1)).toMatchObject({ label: 'fails', status: 'parked' })
  })

  test('is bounded, and has what led to the event', async () => {
    const forEver = policy('for-ever').on(Job, {
      Done: ({ data }) => (data.n > 400 ? undefined : doJob('a', data.n + 1)),
    })
    const shop = await PolicyWorld.start(forEver)
    await shop.settle(doJob('a', 14))
    const causation = await story(shop, 'job-a', 90)
    expect(causation.truncated).toBe(true)
    expect(causation.nodes).toHaveLength(400)
    expect(causation.nodes.some(({ version }) => version === 90)).toBe(true)
    expect((await story(shop, 'job-a', 300)).nodes.some(({ version }) => version === 300)).toBe(true)
    const ids = new Set(causation.nodes.map(({ id }) => id))
    expect(causation.edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true)
  })

  test('is told with a bounded number of look-ups, some at a time', async () => {
    let looked = 0
    let under = 0
    let most = 0
    const counting = (events: EventStore): Partial<EventStore> => ({
      findCommand: async (id) => {
        looked += 1
        under += 1
        most = Math.max(most, under)
        const found = await events.findCommand(id)
        under -= 1
        return found
      },
    })
    const asked = async (policies: readonly AnyPolicy[]) => {
      const shop = await PolicyWorld.start(policies, { faults: { events: counting } })
      await shop.settle(doJob('a', 14))
      looked = 0
      return { causation: await story(shop, 'job-a'), looked }
    }
    const onRejected = () => undefined
    const next = policy('next').on(Job, { Done: ({ data }) => (data.n > 80 ? undefined : doJob('a', data.n + 1)) })
    const idle = (name: string, options = {}) => policy(name, options).on(Job, { Done: () => undefined })
    const few = await asked([next, idle('b'), idle('c')])
    expect(few.causation.truncated).toBe(false)
    expect(few.looked).toBeLessThan(68 * (12 + 4 + 4))
    const many = await asked([next, ...['b', 'c', 'd', 'e'].map((name) => idle(name, { onRejected }))])
    expect(many.causation.truncated).toBe(true)
    expect(many.causation.nodes.length).toBeLessThan(400)
    expect(many.looked).toBe(2000)
    expect(most).toBeGreaterThan(8)
    expect(most).toBeLessThan(200)
  })

  test('has steps behind rejected ones, as long as some of those looked for together were accepted', async () => {
    const rejected = doJob('unlucky', 13)
    const steps = policy('steps').on(Order, { Placed: () => [rejected, doJob('a'), rejected, rejected, doJob('b')] })
    const shop = await PolicyWorld.start(steps)
    await shop.settle(place('o'))
    expect(told(await story(shop, 'order-o')).filter((line) => line.includes('Done'))).toHaveLength(2)
  })

  test('is not there for an event that is not', async () => {
    const shop = await PolicyWorld.start([])
    await shop.settle(place('o'))
    for (const version of [0, 2, 1e15]) {
      await expect(story(shop, 'order-o', version)).rejects.toMatchObject({ code: 'not-found' })
    }
    await expect(story(shop, 'order-p')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('begins where an older version recorded what a policy did, which does not tell where its event is', async () => {
    const shop = await PolicyWorld.start([])
    const event = { id: 'e', type: 'Done', data: { n: 1 }, commandId: 'c', causationId: 'x', actor: 'policy:p' }
    await shop.world.raw('job-a', 0, JSON.stringify({ at: '2030-01-01T00:00:00.000Z', events: [event] }))
    const causation = await story(shop, 'job-a')
    expect(causation.truncated).toBe(true)
    expect(told(causation)).toEqual(['command job', '  Done job-a@1'])
  })
})

test('a command that writes to several streams is one, from each of its events', async () => {
  const amount = z.object({ amount: z.int() })
  const Account = aggregate('account', { events: { Moved: amount }, initialState: 0 })
    .evolve({ Moved: (balance, { amount }) => balance + amount })
    .commands({})
  const Transfer = aggregate('transfer', { events: { Made: amount }, initialState: 0 })
    .evolve({ Made: (count) => count + 1 })
    .commands({
      make: {
        input: amount.extend({ from: z.string(), to: z.string() }),
        writes: { from: Account.at('from'), to: Account.at('to') },
        decide: (_, { amount }, { from, to }) => [
          { type: 'Made' as const, data: { amount } },
          from.event('Moved', { amount: -amount }),
          to.event('Moved', { amount }),
        ],
      },
    })
  const world = await World.make()
  const runtime = await world.start(app('bank', { routes: {}, aggregates: [Transfer] }))
  const make = Transfer.commands.make('t', { amount: 5, from: 'a', to: 'b' })
  await world.run(Promise.all([runtime.execute(make), runtime.execute(make)]))
  for (const stream of ['transfer-t', 'account-a', 'account-b']) {
    const words = told(await world.run(runtime.operations.causation(stream, 2)))
    expect(words[1]).toBe('  command transfer.make')
    expect(words.slice(2).sort()).toEqual(['    Made transfer-t@2', '    Moved account-a@2', '    Moved account-b@2'])
  }
})
