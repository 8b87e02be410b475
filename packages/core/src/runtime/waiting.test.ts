import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WaitingEvent } from '../ports/index.ts'
import { WaitingEvents } from './waiting.ts'

const HOUR = 60 * 60 * 1000

function event(stream: string, version: number, document?: string, error?: string): WaitingEvent {
  return { stream, version, document, since: 0, error, attempts: error === undefined ? 0 : 1 }
}

const versions = (events: readonly (readonly WaitingEvent[])[]) => events.map((each) => each.map((e) => e.version))

describe('deferred events', () => {
  test('wait for one document each, stream by stream in version order', () => {
    const waiting = new WaitingEvents([event('b-1', 4, 'x'), event('a-1', 2, 'x'), event('a-1', 3, 'y')])
    waiting.add(event('a-1', 7, 'x'))
    waiting.add(event('a-1', 5, 'x'))
    expect(waiting.waitingFor('x').map((each) => each[0]?.stream)).toEqual(['a-1', 'b-1'])
    expect(versions(waiting.waitingFor('x'))).toEqual([[2, 5, 7], [4]])
    expect([waiting.isDeferred('a-1', 'x'), waiting.isDeferred('b-1', 'y')]).toEqual([true, false])
    expect([waiting.isAwaited('y'), waiting.isAwaited('z')]).toEqual([true, false])
  })

  test('G2 one that is added again, because it failed, keeps its place before later ones', () => {
    const waiting = new WaitingEvents([event('a-1', 3, 'x'), event('a-1', 5, 'x')])
    waiting.add(event('a-1', 3, 'x', 'broken'))
    expect(waiting.waitingFor('x')).toEqual([[event('a-1', 3, 'x', 'broken'), event('a-1', 5, 'x')]])
  })

  test('the list that is handed out stays as it is while its events are settled', () => {
    const waiting = new WaitingEvents([event('a-1', 1, 'x'), event('a-1', 2, 'x')])
    const seen: number[] = []
    for (const each of waiting.waitingFor('x').flat()) {
      seen.push(each.version)
      waiting.settle(each)
    }
    expect(seen).toEqual([1, 2])
    expect(waiting.isAwaited('x')).toBe(false)
  })
})

describe('changes', () => {
  test('tell what came and what went since they were last saved', () => {
    const waiting = new WaitingEvents([event('a-1', 1, 'x')])
    waiting.add(event('b-1', 2, undefined, 'broken'))
    waiting.settle(event('a-1', 1, 'x'))
    const { waiting: added, settled } = waiting.changes()
    expect(added).toEqual([event('b-1', 2, undefined, 'broken')])
    expect(settled).toMatchObject([{ stream: 'a-1', version: 1, document: 'x' }])
    waiting.saved()
    expect(waiting.changes()).toEqual({ waiting: [], settled: [] })
    expect(waiting.isParked('b-1')).toBe(true)
  })

  test('what is settled and added again in one batch is only added: no engine has to know which came first', () => {
    const waiting = new WaitingEvents([event('a-1', 1, undefined, 'broken')])
    waiting.settle(event('a-1', 1))
    waiting.add(event('a-1', 1, undefined, 'still broken'))
    const again = { ...event('a-1', 1, undefined, 'still broken'), attempts: 2 }
    expect(waiting.changes()).toEqual({ waiting: [again], settled: [] })
  })
})

describe('the standing of a stream', () => {
  test('counts what waits at or before the version that is asked for', () => {
    const waiting = new WaitingEvents([event('a-1', 3, 'x'), event('b-1', 2, undefined, 'broken')])
    expect([2, 3, 9].map((version) => waiting.standing('a-1', version, 0))).toEqual(['applied', 'deferred', 'deferred'])
    expect([1, 2, 9].map((version) => waiting.standing('b-1', version, 0))).toEqual(['applied', 'parked', 'parked'])
  })

  test('G8 what is settled counts as waiting until it is saved', () => {
    const waiting = new WaitingEvents([event('a-1', 3, 'x')])
    waiting.settle(event('a-1', 3, 'x'))
    expect(waiting.standing('a-1', 3, 0)).toBe('deferred')
    waiting.saved()
    expect(waiting.standing('a-1', 3, 0)).toBe('applied')
  })

  test('an event that has waited for more than an hour needs repair', () => {
    const waiting = new WaitingEvents([event('a-1', 3, 'x'), event('a-1', 4, 'x'), event('b-1', 1, 'x')])
    expect(waiting.standing('a-1', 3, HOUR)).toBe('deferred')
    expect(waiting.standing('a-1', 3, HOUR + 1)).toBe('parked')
    expect(waiting.counts(HOUR)).toEqual({ parked: 0, deferred: 3 })
    expect(waiting.counts(HOUR + 1)).toEqual({ parked: 2, deferred: 3 })
  })
})

test('after any changes it is the same as one made from what a store would hold', () => {
  const stream = fc.constantFrom('a-1', 'b-1')
  const document = fc.constantFrom('x', 'y', undefined)
  const change = fc.record({ stream, version: fc.integer({ min: 1, max: 4 }), document, add: fc.boolean() })
  void fc.assert(
    fc.property(fc.array(fc.oneof(change, fc.constant('save' as const)), { maxLength: 30 }), (steps) => {
      const live = new WaitingEvents([])
      const store = new Map<string, WaitingEvent>()
      const key = ({ stream, version, document }: Pick<WaitingEvent, 'stream' | 'version' | 'document'>) =>
        `${stream} ${version} ${document}`
      const save = () => {
        const { waiting, settled } = live.changes()
        for (const each of waiting) store.set(key(each), each)
        for (const each of settled) store.delete(key(each))
        live.saved()
      }
      for (const step of steps) {
        if (step === 'save') save()
        else if (step.add) live.add(event(step.stream, step.version, step.document))
        else live.settle(event(step.stream, step.version, step.document))
      }
      save()
      const loaded = new WaitingEvents([...store.values()])
      for (const id of ['x', 'y']) expect(live.waitingFor(id)).toEqual(loaded.waitingFor(id))
      expect(live.counts(0)).toEqual(loaded.counts(0))
      expect(live.parkedStreams()).toHaveLength(loaded.parkedStreams().length)
    }),
  )
})
