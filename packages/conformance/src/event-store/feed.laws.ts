import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Commit, EventStore } from 'weir/ports'
import { partitionOf } from 'weir/ports'
import { append, command, located, one, part } from '../builders.ts'
import type { Subject } from '../subject.ts'
import { byStream, Consumer } from './consumer.ts'

export function feedLaws(subject: Subject): void {
  it('an empty feed has nothing, and can be gone on from', async () => {
    const { events } = subject
    const { commits, cursor, more } = await events.readFeed(undefined, 10)
    expect({ commits, more }).toEqual({ commits: [], more: false })
    await append(events, one('order-1', 'absent'))
    expect((await events.readFeed(cursor, 10)).commits).toMatchObject([{ stream: 'order-1', version: 1 }])
  })

  it('`more` says whether something waits behind the page', async () => {
    const { events } = subject
    await events.append(['a', 'b', 'c'].map((stream) => one(stream, 'absent')))
    expect(await events.readFeed(undefined, 2)).toMatchObject({ commits: { length: 2 }, more: true })
    expect(await events.readFeed(undefined, 3)).toMatchObject({ commits: { length: 3 }, more: false })
    expect(await events.readFeed(await events.feedEnd(), 3)).toMatchObject({ commits: [], more: false })
  })

  it('G2 what failed is not in the feed', async () => {
    const { events } = subject
    const buy = { streams: [part('a', 'any')], commands: [command('key-1')] }
    await events.append([buy, buy, one('b', 'present'), one('c', 'any', 0)])
    expect((await events.readFeed(undefined, 10)).commits).toMatchObject([{ stream: 'a' }])
  })

  it('from its end, the feed gives only what is appended later', async () => {
    const { events } = subject
    await events.append([one('a', 'any'), one('b', 'any')])
    const end = await events.feedEnd()
    await events.append([one('a', 'any'), one('c', 'any')])
    const later = await new Consumer(events, end).drain(1)
    const expected = { a: [2], c: [1] }
    expect(Object.fromEntries(byStream(later))).toEqual(expected)
  })

  it('G8 a cursor covers what its consumer has been given, and nothing else', async () => {
    const { events } = subject
    await events.append([one('a', 'any'), one('b', 'any'), one('a', 'any'), one('c', 'any')])
    const all = await new Consumer(events).drain(10)
    for (let given = 0; given <= all.length; given += 1) {
      const page = given === 0 ? undefined : await events.readFeed(undefined, given)
      const covered = all.filter((commit) => events.covers(page?.cursor, commit.position))
      expect(covered).toHaveLength(given)
      expect(covered).toEqual(expect.arrayContaining([...(page?.commits ?? [])]))
    }
    const end = await events.feedEnd()
    expect(all.every((commit) => events.covers(end, commit.position))).toBe(true)
  })

  it('G8 an append is covered by those who read on after it, not by those who stopped before', async () => {
    const { events } = subject
    await append(events, one('a', 'any'))
    const before = await events.feedEnd()
    const position = await located(events, one('b', 'any'), await append(events, one('b', 'any')))
    expect(events.covers(undefined, position)).toBe(false)
    expect(events.covers(before, position)).toBe(false)
    expect(events.covers((await events.readFeed(before, 10)).cursor, position)).toBe(true)
  })

  it('G8 a position is told from other text', async () => {
    const { events } = subject
    const heads = [{ stream: 'a', version: 1 }]
    expect(await located(events, one('a', 'any'), await append(events, one('a', 'any')))).toBeTruthy()
    const foreign = ['', ' ', 'x', 'null', '-', '{}', "' OR 1=1", '\u0661', '9'.repeat(400), 'NaN', 'Infinity', '🙂']
    for (const text of foreign) expect([text, await events.locate(heads, text)]).toEqual([text, undefined])
  })

  it('G8 a position of the future is none', async () => {
    const { events } = subject
    await append(events, one('a', 'any'))
    for (const text of ['999999999', '9'.repeat(15)])
      expect([text, await events.locate([{ stream: 'a', version: 1 }], text)]).toEqual([text, undefined])
  })

  it('G8 a position stays where it is, whatever is appended later', async () => {
    const { events } = subject
    const member = { streams: [part('a', 'any'), part('b', 'any')], commands: [] }
    const result = await append(events, member)
    const consumer = new Consumer(events)
    await consumer.drain(10)
    await events.append([one('a', 'any'), one('b', 'any'), one('c', 'any')])
    expect(events.covers(consumer.cursor, await located(events, member, result))).toBe(true)
  })

  it('G2 whatever the order of appends and pages, a consumer gets each stream in order, each commit once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(), { maxLength: 30 }), async (steps) => {
        const { events } = subject
        const consumers = await Promise.all([0, 1, 2].map(async () => new Consumer(events, await events.feedEnd())))
        const written: Commit[] = []
        for (const each of steps) {
          if ('read' in each) await consumers[each.read]?.page(each.limit)
          else written.push(...(await write(events, each.streams)))
        }
        for (const consumer of consumers) expect(byStream(await consumer.drain(3))).toEqual(byStream(written))
      }),
      { numRuns: Math.ceil(60 / subject.every) },
    )
  })

  it('G2 consumers that read while many write miss nothing', async () => {
    const { events } = subject
    const consumers = [1, 3, 50].map((limit) => ({ limit, consumer: new Consumer(events) }))
    const turns = Math.ceil(40 / subject.every)
    let writing = true
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let turn = 0; turn < turns; turn += 1)
        await events.append([one(`own-${writer}`, turn), one('shared', 'any')])
    })
    const readers = consumers.map(async ({ consumer, limit }) => {
      while (writing) await consumer.page(limit)
    })
    await Promise.all(writers)
    writing = false
    await Promise.all(readers)
    for (const { consumer, limit } of consumers) {
      const streams = byStream(await consumer.drain(limit))
      expect(streams.get('shared')).toEqual(Array.from({ length: 8 * turns }, (_, index) => index + 1))
      for (let writer = 0; writer < 8; writer += 1) expect(streams.get(`own-${writer}`)).toHaveLength(turns)
    }
  })

  it('G2 the parts of a feed are the feed: each stream is in one of them, in order', async () => {
    const streams = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 3 })), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(
        streams,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        async (all, of, limit) => {
          const { events } = subject
          const end = await events.feedEnd()
          const parts = Array.from({ length: of }, (_, partition) => new Consumer(events, end, { partition, of }))
          const half = Math.floor(all.length / 2)
          const name = ([stream, count]: [number, number]): [string, number] => [`order-${stream}`, count]
          const written = await write(events, all.slice(0, half).map(name))
          for (const part of parts) await part.page(limit)
          written.push(...(await write(events, all.slice(half).map(name))))
          const given = await Promise.all(parts.map((part) => part.drain(limit)))
          for (const [partition, commits] of given.entries()) {
            expect(commits.every(({ stream }) => partitionOf(stream, of) === partition)).toBe(true)
          }
          expect(byStream(given.flat())).toEqual(byStream(written))
        },
      ),
      { numRuns: Math.ceil(30 / subject.every) },
    )
  })

  it('a page of large commits may be short, but no consumer is told to wait while more is there', async () => {
    const { events } = subject
    const payload = JSON.stringify('x'.repeat(Math.min(1_000_000, events.limits.text - 2)))
    const streams = Array.from({ length: 12 }, (_, index) => `order-${index}`)
    await events.append(
      streams.map((stream) => ({ streams: [{ stream, expected: 'absent', count: 1, payload }], commands: [] })),
    )
    const given = await new Consumer(events).drain(1_000)
    expect(new Set(given.map(({ stream }) => stream))).toEqual(new Set(streams))
    expect(given).toHaveLength(streams.length)
  })

  it('listeners hear of appends, later than the call that appends, until they leave', async () => {
    const { events } = subject
    let heard = 0
    const leave = events.onAppended(() => {
      heard += 1
    })
    const appending = events.append([one('a', 'any'), one('b', 'any')])
    expect(heard).toBe(0)
    await appending
    await until(() => heard > 0)
    leave()
    leave()
    const sofar = heard
    await append(events, one('a', 'any'))
    await turn()
    expect(heard).toBe(sofar)
  })

  it('nobody is told of an append that only checks', async () => {
    const { events } = subject
    await append(events, one('a', 'any'))
    await turn()
    let heard = 0
    events.onAppended(() => {
      heard += 1
    })
    for (let check = 0; check < 20; check += 1) await append(events, one('a', 'present', 0))
    await turn()
    // An engine may call for reasons of its own, once in a while.
    expect(heard).toBeLessThan(5)
  })

  it('a listener that is given twice is two, and leaves one by one', async () => {
    const { events } = subject
    let heard = 0
    const listener = () => {
      heard += 1
    }
    const leave = events.onAppended(listener)
    events.onAppended(listener)
    leave()
    await append(events, one('a', 'any'))
    await until(() => heard > 0)
  })
}

type Step = { read: number; limit: number } | { streams: [string, number][] }

function step(): fc.Arbitrary<Step> {
  const stream = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 3 }))
  return fc.oneof(
    fc.record({ read: fc.nat(2), limit: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ streams: fc.array(stream, { minLength: 1, maxLength: 5 }) }),
  )
}

async function write(events: EventStore, streams: [string, number][]): Promise<Commit[]> {
  const results = await events.append(streams.map(([stream, count]) => one(stream, 'any', count)))
  const written = results.map(async (result, index) => {
    const [stream, count] = streams[index] as [string, number]
    const version = result.outcome === 'appended' ? (result.versions[0] ?? 0) : 0
    const [commit] = await events.readStream(stream, version - count, 1)
    return commit as Commit
  })
  return Promise.all(written)
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
