import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Commit } from 'weir/ports'
import { json, name } from '../arbitraries.ts'
import { append, lastVersion, one, readAll } from '../builders.ts'
import type { Subject } from '../subject.ts'
import { Consumer } from './consumer.ts'

export function streamLaws(subject: Subject): void {
  it('a stream that is not there is empty', async () => {
    expect(await subject.events.readStream('order-1', 0, 10)).toEqual([])
  })

  it('what was written as text comes back as the same text', async () => {
    const { events } = subject
    const written: string[] = []
    await fc.assert(
      fc.asyncProperty(json, async (payload) => {
        fc.pre(Buffer.byteLength(payload) <= events.limits.text)
        const stream = `order-${written.length}`
        written.push(payload)
        await append(events, { streams: [{ stream, expected: 'absent', count: 1, payload }], commands: [] })
        const [commit] = await events.readStream(stream, 0, 1)
        expect(commit?.payload === payload).toBe(true)
      }),
    )
    const fed = await new Consumer(events).drain(1_000)
    const placed = fed.filter(({ stream, payload }) => payload === written[Number(stream.slice('order-'.length))])
    expect([fed.length, placed.length]).toEqual([written.length, written.length])
  })

  it('a stream is found by its exact name, whatever the name holds', async () => {
    const { events } = subject
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 12 }), async (names) => {
        const before = new Map<string, number>()
        for (const stream of names) before.set(stream, (await readAll(events, stream)).length)
        await events.append(names.map((stream) => one(stream, 'any')))
        for (const stream of names) {
          const commits = await readAll(events, stream)
          expect(commits).toHaveLength((before.get(stream) ?? 0) + 1)
          expect(commits.every((commit) => commit.stream === stream)).toBe(true)
        }
      }),
      { numRuns: Math.ceil(30 / subject.every) },
    )
  })

  it('a name may be long, and a payload large', async () => {
    const { events } = subject
    const long = 'n'.repeat(10_000)
    const large = JSON.stringify('0123456789'.repeat(Math.floor(Math.min(3_000_000, events.limits.text - 2) / 10)))
    await append(events, { streams: [{ stream: long, expected: 'absent', count: 1, payload: large }], commands: [] })
    await append(events, one(`${long}'`, 'absent'))
    const [commit, ...rest] = await readAll(events, long)
    expect(commit?.payload === large).toBe(true)
    expect(rest).toEqual([])
  })

  it('a page begins with the first commit that holds a later event, and has no more commits than asked for', async () => {
    const { events } = subject
    let run = 0
    const counts = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(counts, fc.nat(70), fc.integer({ min: 1, max: 15 }), async (sizes, after, limit) => {
        run += 1
        const stream = `order-${run}`
        await events.append(sizes.flatMap((size) => [one(stream, 'any', size), one(`${stream}x`, 'any')]))
        const all = await readAll(events, stream)
        expect(all.map((commit) => commit.count)).toEqual(sizes)
        const expected = all.filter((commit) => lastVersion(commit) > after).slice(0, limit)
        expect(await events.readStream(stream, after, limit)).toEqual(expected)
      }),
      { numRuns: Math.ceil(60 / subject.every) },
    )
  })

  it('a stream and the feed tell the same of a commit', async () => {
    const { events } = subject
    await events.append([one('a', 'any', 2), one('b', 'any'), one('a', 'any')])
    const { commits } = await events.readFeed(undefined, 10)
    const fed = commits.filter(({ stream }) => stream === 'a')
    expect((await readAll(events, 'a')).map(withoutPlace)).toEqual(fed.map(withoutPlace))
  })

  it('G2 a stream can be read as far as a consumer has been given it, and no further', async () => {
    const { events } = subject
    await events.append([one('a', 'any', 2), one('b', 'any'), one('a', 'any'), one('b', 'any'), one('a', 'any', 3)])
    const consumer = new Consumer(events)
    for (let more = true; more; ) {
      more = await consumer.page(1)
      await append(events, one('a', 'any', consumer.given.length < 5 ? 1 : 0))
      for (const stream of ['a', 'b', 'c']) {
        const given = consumer.given.filter((commit) => commit.stream === stream).map(withoutPlace)
        expect((await events.readStream(stream, 0, 100, consumer.cursor)).map(withoutPlace)).toEqual(given)
        expect(await events.readStream(stream, 2, 1, consumer.cursor)).toEqual(
          (await events.readStream(stream, 2, 1)).filter(({ version }) =>
            given.some((each) => each.version === version),
          ),
        )
      }
    }
    expect(await events.readStream('a', 0, 100, await events.feedEnd())).toEqual(await readAll(events, 'a'))
  })
}

function withoutPlace({ stream, version, count, payload }: Commit): Commit {
  return { stream, version, count, payload }
}
