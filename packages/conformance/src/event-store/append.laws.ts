import { expect, it } from 'vitest'
import type { Expectation } from 'weir/ports'
import { append, command, located, one, part, readAll, versionOf } from '../builders.ts'
import type { Subject } from '../subject.ts'
import { Consumer } from './consumer.ts'

export function appendLaws(subject: Subject): void {
  it('G1 appends at the version that was expected, and numbers events from 1 without gaps', async () => {
    const { events } = subject
    expect(await append(events, one('order-1', 0, 2))).toMatchObject({ outcome: 'appended', versions: [2] })
    expect(await append(events, one('order-1', 2, 3))).toMatchObject({ outcome: 'appended', versions: [5] })
    expect(await readAll(events, 'order-1')).toMatchObject([
      { stream: 'order-1', version: 1, count: 2 },
      { stream: 'order-1', version: 3, count: 3 },
    ])
  })

  it.each<[Expectation, string, string]>([
    ['absent', 'appended', 'conflict'],
    ['present', 'conflict', 'appended'],
    ['any', 'appended', 'appended'],
    [0, 'appended', 'conflict'],
    [1, 'conflict', 'conflict'],
    [2, 'conflict', 'appended'],
    [3, 'conflict', 'conflict'],
  ])('G1 expecting %j: %s when the stream is not there, %s when it is at version 2', async (expected, fresh, old) => {
    const { events } = subject
    await append(events, one('old', 'absent', 2))
    expect((await append(events, one('fresh', expected))).outcome).toBe(fresh)
    expect((await append(events, one('old', expected))).outcome).toBe(old)
    expect(await versionOf(events, 'fresh')).toBe(fresh === 'appended' ? 1 : 0)
    expect(await versionOf(events, 'old')).toBe(old === 'appended' ? 3 : 2)
  })

  it('G1 a conflict names the stream and the version that it is at', async () => {
    const { events } = subject
    await append(events, one('order-1', 'absent', 4))
    const streams = [part('order-2', 'absent'), part('order-1', 3), part('order-3', 'present')]
    const result = await append(events, { streams, commands: [] })
    expect(result).toEqual({ outcome: 'conflict', stream: 'order-1', version: 4 })
  })

  it.each<Expectation>([0, 'absent'])(
    'G1 of appends that race for a stream expecting %j, one wins',
    async (expected) => {
      const { events } = subject
      const racers = Array.from({ length: 30 }, () => append(events, one('order-1', expected)))
      const outcomes = (await Promise.all(racers)).map((result) => result.outcome)
      expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(29)
      expect(await readAll(events, 'order-1')).toHaveLength(1)
    },
  )

  it.each<Expectation>(['any', 'present'])(
    'G1 appends that race expecting %j all win, one after the other',
    async (expected) => {
      const { events } = subject
      await append(events, one('order-1', 'absent'))
      const racers = Array.from({ length: 30 }, () => append(events, one('order-1', expected)))
      const versions = (await Promise.all(racers)).flatMap((result) =>
        result.outcome === 'appended' ? result.versions : [],
      )
      expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 2))
      const stored = (await readAll(events, 'order-1')).map((commit) => commit.version)
      expect(stored).toEqual(Array.from({ length: 31 }, (_, index) => index + 1))
    },
  )

  it('G1 writes several streams together, and tells the version of each in the order given', async () => {
    const { events } = subject
    await append(events, one('stock-1', 'absent', 5))
    const streams = [part('order-1', 'absent', 2), part('stock-1', 5), part('payment-1', 'any', 3)]
    expect(await append(events, { streams, commands: [] })).toMatchObject({ versions: [2, 6, 3] })
    expect(await Promise.all(streams.map(({ stream }) => versionOf(events, stream)))).toEqual([2, 6, 3])
  })

  it.each([0, 1, 2])('G1 writes none of several streams when expectation %i does not hold', async (wrong) => {
    const { events } = subject
    const streams = [0, 1, 2].map((index) => part(`order-${index}`, index === wrong ? 1 : 'absent'))
    expect(await append(events, { streams, commands: [] })).toMatchObject({
      outcome: 'conflict',
      stream: `order-${wrong}`,
    })
    for (const { stream } of streams) expect(await readAll(events, stream)).toEqual([])
  })

  it('G1 a part without events only checks: it writes nothing, and its conflict stops the rest', async () => {
    const { events } = subject
    await append(events, one('customer-1', 'absent', 3))
    const order = part('order-1', 'absent')
    const stale = await append(events, { streams: [order, part('customer-1', 2, 0)], commands: [] })
    expect(stale).toEqual({ outcome: 'conflict', stream: 'customer-1', version: 3 })
    const fresh = await append(events, { streams: [order, part('customer-1', 3, 0)], commands: [] })
    expect(fresh).toMatchObject({ outcome: 'appended', versions: [1, 3] })
    expect(await readAll(events, 'customer-1')).toHaveLength(1)
  })

  it('G7 an append that only checks answers like any other, and leaves no trace', async () => {
    const { events } = subject
    expect(await append(events, one('order-1', 'absent', 0))).toMatchObject({ outcome: 'appended', versions: [0] })
    expect((await append(events, one('order-1', 1, 0))).outcome).toBe('conflict')
    expect(await events.readFeed(undefined, 10)).toMatchObject({ commits: [], more: false })
    const nothing = { streams: [], commands: [] }
    const result = await append(events, nothing)
    expect(result).toMatchObject({ outcome: 'appended', versions: [] })
    const position = await located(events, nothing, result)
    expect(events.covers(await events.feedEnd(), position)).toBe(true)
  })

  it('G8 an append that only checks has a position behind all that was appended before it', async () => {
    const { events } = subject
    const before = await events.feedEnd()
    await events.append([one('a', 'any'), one('b', 'any')])
    const nothing = { streams: [], commands: [] }
    const position = await located(events, nothing, await append(events, nothing))
    expect(events.covers(before, position)).toBe(false)
    const consumer = new Consumer(events, before)
    await consumer.drain(1)
    expect(events.covers(consumer.cursor, position)).toBe(true)
  })

  it('G1 an append may be as large as the limits of the store say', async () => {
    const { events } = subject
    const limits = { commands: 1000, streams: 1000, text: 1_000_000 }
    const streams = Math.min(events.limits.streams, limits.streams)
    const commands = Math.min(events.limits.commands, limits.commands)
    const wide = {
      streams: Array.from({ length: streams }, (_, index) => part(`wide-${index}`, 'absent')),
      commands: Array.from({ length: commands }, (_, index) => command(`key-${index}`, 'wide-0')),
    }
    expect(await append(events, wide)).toMatchObject({ outcome: 'appended', versions: Array(streams).fill(1) })
    const payload = JSON.stringify('é'.repeat(Math.min(events.limits.text, limits.text) / 2 - 1))
    const large = { streams: [{ stream: 'large', expected: 'absent' as const, count: 1, payload }], commands: [] }
    expect((await append(events, large)).outcome).toBe('appended')
    const [commit] = await readAll(events, 'large')
    expect(commit?.payload === payload).toBe(true)
  })
}
