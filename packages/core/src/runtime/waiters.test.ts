import { describe, expect, test } from 'vitest'
import type { Position } from '../ports/index.ts'
import { virtualClock } from '../testing/index.ts'
import type { Projector } from './projector.ts'
import type { TokenContent } from './token.ts'
import { Waiters } from './waiters.ts'

/** A projector that stands where it is put, and counts the streams that it is asked about. */
function slowProjector() {
  const watchers = new Set<() => void>()
  const parked = new Set<string>()
  const deferred = new Set<string>()
  const asked = { streams: 0, place: 0 }
  const covers = (position: Position) => asked.place >= Number(position)
  const standing = ({ streams, position }: TokenContent) => {
    asked.streams += streams.length
    if (streams.some(({ stream }) => parked.has(stream))) return 'parked'
    return covers(position) && !streams.some(({ stream }) => deferred.has(stream)) ? 'reached' : 'pending'
  }
  const watch = (onProgress: () => void) => {
    watchers.add(onProgress)
    return () => watchers.delete(onProgress)
  }
  const projector = { isStopped: false, wake: () => {}, covers, standing, watch } as unknown as Projector
  const goTo = (place: number) => {
    asked.place = place
    for (const onProgress of watchers) onProgress()
  }
  return { projector, parked, deferred, asked, goTo }
}

const content = (position: string, count = 1): TokenContent => ({
  streams: Array.from({ length: count }, (_, index) => ({ stream: `order-${index}`, version: 1 })),
  position,
})

function scene() {
  const clock = virtualClock()
  return { clock, waiters: new Waiters(clock), ...slowProjector() }
}

describe('reads that wait', () => {
  test('do not look at their streams before their position is covered', async () => {
    const { waiters, projector, asked, goTo } = scene()
    const waits = Array.from({ length: 50 }, () => waiters.wait(projector, [content('100', 100)], {}))
    asked.streams = 0
    for (let place = 1; place < 100; place += 1) goTo(place)
    expect(asked.streams).toBe(0)
    goTo(100)
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['reached']))
  })

  test('look at the one stream that holds them up, then at all', async () => {
    const { waiters, projector, deferred, asked, goTo } = scene()
    deferred.add('order-3').add('order-7')
    goTo(1)
    const wait = waiters.wait(projector, [content('1', 10)], {})
    asked.streams = 0
    for (let place = 2; place < 20; place += 1) goTo(place)
    expect(asked.streams).toBe(18)
    deferred.delete('order-3')
    goTo(20)
    deferred.delete('order-7')
    goTo(21)
    expect(await wait).toBe('reached')
  })

  test('say at the latest when their time is up that another stream is parked', async () => {
    const { clock, waiters, projector, deferred, parked } = scene()
    deferred.add('order-0')
    const wait = waiters.wait(projector, [content('0', 2)], { wait: 10 })
    parked.add('order-1')
    expect(await clock.run(wait)).toBe('parked')
  })

  test('end when their caller has gone, and leave nothing behind', async () => {
    const { clock, waiters, projector, asked, goTo } = scene()
    const caller = new AbortController()
    const wait = waiters.wait(projector, [content('5')], { signal: caller.signal })
    caller.abort()
    expect(await wait).toBe('timed-out')
    expect(await waiters.wait(projector, [content('5')], { signal: caller.signal })).toBe('timed-out')
    asked.streams = 0
    goTo(5)
    expect(asked.streams).toBe(0)
    expect(clock.now()).toBe(Date.parse('2030-01-01T00:00:00Z'))
  })

  test('are refused beyond ten thousand, until one of them has its answer', async () => {
    const { waiters, projector, goTo } = scene()
    const first = waiters.wait(projector, [content('1')], {})
    const others = Array.from({ length: 9_999 }, () => waiters.wait(projector, [content('2')], {}))
    const refused = { name: 'UnavailableError', message: expect.stringContaining('Too many') }
    await expect(waiters.wait(projector, [content('2')], {})).rejects.toMatchObject(refused)
    goTo(1)
    await first
    const late = waiters.wait(projector, [content('2')], {})
    goTo(2)
    expect(new Set(await Promise.all([...others, late]))).toEqual(new Set(['reached']))
  })
})
