import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnyProjection, RecordedEvent } from '../definitions/index.ts'
import type { StoredDocument, WaitingEvent } from '../ports/index.ts'
import { Discards } from './discards.ts'
import { type Folded, FoldState } from './fold.ts'
import { cuts, cutUp, feeds, Named, Orders, stream } from './orders.fixture.ts'
import { handlersOf, type Plan, plan } from './plan.ts'
import { parseStream } from './stream-name.ts'
import { WaitingEvents } from './waiting.ts'

/** A consumer as a projector is one, on a store of two maps: it folds batch by batch and keeps nothing between them. */
class Consumer {
  readonly documents = new Map<string, StoredDocument>()
  readonly #projection: AnyProjection
  readonly #history: RecordedEvent[] = []
  readonly #waiting = new Map<string, WaitingEvent>()
  readonly #givenUp = new Discards()

  constructor(projection: AnyProjection) {
    this.#projection = projection
  }

  /** Gives up an event of the stream of notes, after so many attempts. */
  giveUp(version: number, document?: string, attempts = 1): this {
    const order = { reason: 'a mistake', actor: 'ada', at: 0 }
    this.#givenUp.add([{ stream: 'note-n', version, document, since: 0, error: 'broken', attempts, ...order }])
    return this
  }

  fold(...events: readonly RecordedEvent[]): this {
    this.#history.push(...events)
    const waiting = this.waiting()
    const plans = events.map((event) => this.#plan(event))
    const state = new FoldState(this.#projection, this.#load(), waiting, 0, this.#givenUp)
    for (const id of ['a', 'b', 'c', 'x']) {
      for (const { stream, version } of waiting.waitingFor(id).flat()) {
        const event = this.#history.find((each) => each.stream === stream && each.version === version)
        state.recall(id, this.#plan(event as RecordedEvent))
      }
    }
    for (const each of plans) state.apply(each)
    for (const document of state.stored()) this.documents.set(document.id, document)
    for (const each of waiting.changes().settled) this.#waiting.delete(JSON.stringify(placeOf(each)))
    for (const each of waiting.changes().waiting) this.#waiting.set(JSON.stringify(placeOf(each)), each)
    return this
  }

  waiting(): WaitingEvents {
    return new WaitingEvents([...this.#waiting.values()])
  }

  /** What waits, as `[stream, version, document]`, with why it is parked if it is. */
  get waits(): unknown[] {
    return [...this.#waiting.values()].map((each) => [...placeOf(each), ...(each.error ? [each.error] : [])])
  }

  notes(id: string): readonly string[] | undefined {
    const body = this.documents.get(id)?.body
    return body === undefined ? undefined : JSON.parse(body).notes
  }

  #plan(event: RecordedEvent): Plan {
    const handlers = handlersOf(this.#projection).get(parseStream(event.stream).aggregate)
    if (!handlers) throw new Error(`no handlers for ${event.stream}`)
    return plan(this.#projection, handlers, event)
  }

  #load(): Map<string, Folded> {
    return new Map(
      [...this.documents].map(([id, { body, stream, version }]) => {
        return [id, { document: body === undefined ? undefined : JSON.parse(body), stream, version }]
      }),
    )
  }
}

const placeOf = ({ stream, version, document }: Pick<WaitingEvent, 'stream' | 'version' | 'document'>) => [
  stream,
  version,
  document ?? null,
]

const place = (id: string, item = 'book') => stream(`order-${id}`, ['Placed', { item }])
const notes = (...events: Parameters<typeof stream>[1][]) => stream('note-n', ...events)

describe('deferral', () => {
  test('an update waits for its document, and is applied when that appears', () => {
    const consumer = new Consumer(Orders).fold(...notes(['Added', { on: 'a', text: 'hi' }]))
    expect(consumer.waits).toEqual([['note-n', 1, 'a']])
    consumer.fold(...place('a'))
    expect([consumer.notes('a'), consumer.waits]).toEqual([['book', 'hi', 'also hi'], []])
  })

  test('G2 later events of the stream wait behind it for that document, while others are changed', () => {
    const consumer = new Consumer(Orders).fold(...place('b'))
    consumer.fold(
      ...notes(['Added', { on: 'a', text: '1' }], ['Added', { on: 'b', text: '2' }], ['Added', { on: 'a', text: '3' }]),
    )
    expect(consumer.notes('b')).toEqual(['book', '2', 'also 2'])
    expect(consumer.fold(...place('a')).notes('a')).toEqual(['book', '1', 'also 1', '3', 'also 3'])
  })

  test('an event about two documents changes the one that is there, and waits for the other', () => {
    const consumer = new Consumer(Orders).fold(...place('b'))
    consumer.fold(...notes(['Added', { on: 'a', also: 'b', text: '1' }]))
    expect([consumer.notes('a'), consumer.notes('b')]).toEqual([undefined, ['book', 'also 1']])
    expect(consumer.fold(...place('a')).notes('a')).toEqual(['book', '1'])
    expect(consumer.notes('b')).toEqual(['book', 'also 1'])
  })

  test('a removal waits too, and keeps its place among updates', () => {
    const consumer = new Consumer(Orders)
    consumer.fold(
      ...notes(['Added', { on: 'a', text: '1' }], ['Binned', { on: 'a' }], ['Added', { on: 'a', text: '2' }]),
    )
    expect(consumer.fold(...place('a')).notes('a')).toBeUndefined()
    expect([consumer.documents.get('a')?.body, consumer.waits]).toEqual([undefined, []])
  })

  test('a waiting event that fails when its document appears is parked for it, with later ones behind it', () => {
    const added = (text: string) => ['Added', { on: 'a', text }] as const
    const [last, ...first] = notes(added('1'), ['Broken', { on: 'a' }], added('3'), added('4')).reverse()
    const consumer = new Consumer(Orders).fold(...first.reverse())
    consumer.fold(...place('a')).fold(last as RecordedEvent)
    expect(consumer.notes('a')).toEqual(['book', '1', 'also 1'])
    expect(consumer.waits).toEqual([
      ['note-n', 2, 'a', 'broken'],
      ['note-n', 3, 'a'],
      ['note-n', 4, 'a'],
    ])
    consumer.fold(...stream('note-m', ['Added', { on: 'a', text: 'other' }]))
    expect(consumer.notes('a')).toEqual(['book', '1', 'also 1', 'other', 'also other'])
  })
})

describe('tombstones', () => {
  const [binned] = stream('note-z', ['Binned', { on: 'a' }])

  test('updates of a removed document are ignored, not deferred', () => {
    const consumer = new Consumer(Orders).fold(...place('a')).fold(binned as RecordedEvent)
    consumer.fold(...notes(['Added', { on: 'a', text: 'late' }]))
    expect([consumer.documents.get('a')?.body, consumer.waits]).toEqual([undefined, []])
  })

  test('create brings a removed document back, as a new one', () => {
    const [first, second] = stream('order-a', ['Placed', { item: 'one' }], ['Placed', { item: 'two' }])
    const consumer = new Consumer(Orders).fold(first as RecordedEvent).fold(binned as RecordedEvent)
    consumer.fold(second as RecordedEvent)
    expect([consumer.notes('a'), consumer.documents.get('a')?.version]).toEqual([['two'], 2])
  })

  test('an upsert that answers with nothing removes what was there, and makes nothing of nothing', () => {
    const items = (...all: string[]) => stream('order-x', ...all.map((item) => ['Placed', { item }] as const))
    expect(new Consumer(Named).fold(...items('none')).documents.size).toBe(0)
    const consumer = new Consumer(Named).fold(...items('one', 'none'))
    expect(consumer.documents.get('x')).toMatchObject({ body: undefined, version: 2 })
    expect(new Consumer(Named).fold(...items('one', 'none', 'three')).notes('x')).toEqual(['three'])
  })
})

describe('parking', () => {
  test('G10 a handler that fails parks its stream from that event on; other streams go on', () => {
    const consumer = new Consumer(Orders).fold(...place('a'))
    const [first, broken, third] = notes(
      ['Added', { on: 'a', text: '1' }],
      ['Broken', { on: 'a' }],
      ['Added', { on: 'a', text: '3' }],
    ) as [RecordedEvent, RecordedEvent, RecordedEvent]
    consumer.fold(first, broken).fold(third, ...stream('note-m', ['Added', { on: 'a', text: 'm' }]))
    expect(consumer.notes('a')).toEqual(['book', '1', 'also 1', 'm', 'also m'])
    expect(consumer.waits).toEqual([['note-n', 2, null, 'broken']])
    expect(consumer.waiting().standing('note-n', 1, 0)).toBe('applied')
  })

  test.each([
    [
      'a document that is there already',
      stream('order-a', ['Placed', { item: '1' }], ['Placed', { item: '2' }]),
      /there/,
    ],
    ['data that does not make a document', stream('order-b', ['Placed', { item: 7 }]), /schema/],
    ['an event that its aggregate does not have', stream('order-c', ['Vanished', {}]), /not an event/],
    ['an id that is no text', notes(['Added', { on: 7, text: '' }]), /not well-formed text/],
    ['an id with half a character', notes(['Added', { on: '\ud800', text: '' }]), /not well-formed text/],
    ['an id with the character zero', notes(['Added', { on: 'a\0b', text: '' }]), /not well-formed text/],
  ])('%s', (_, events, why) => {
    const consumer = new Consumer(Orders).fold(...events)
    expect(consumer.waits).toMatchObject([[events.at(-1)?.stream, events.length, null, expect.stringMatching(why)]])
  })

  test('a handler that changes the id of its document', () => {
    const consumer = new Consumer(Named)
    consumer.fold(...stream('order-1', ['Placed', { item: 'a' }], ['Moved', { to: 'y' }]))
    expect(consumer.waits).toMatchObject([['order-1', 2, null, expect.stringMatching(/changed the id/)]])
  })
})

describe('an event that was given up', () => {
  const added = (text: string, also?: string) => ['Added', { on: 'a', text, also }] as const
  const fails = ['Broken', { on: 'a' }] as const

  test('is left out when it fails again, and what comes behind it goes on', () => {
    const consumer = new Consumer(Orders).giveUp(2).fold(...place('a'), ...notes(added('1'), fails, added('3')))
    expect(consumer.notes('a')).toEqual(['book', '1', 'also 1', '3', 'also 3'])
    expect(consumer.waits).toEqual([])
  })

  test('is left out when it fails on the document that it waited for', () => {
    const consumer = new Consumer(Orders).giveUp(2).fold(...notes(added('1'), fails, added('3')))
    expect(consumer.fold(...place('a')).notes('a')).toEqual(['book', '1', 'also 1', '3', 'also 3'])
    expect(consumer.waits).toEqual([])
  })

  test('is applied when it does not fail any more', () => {
    const consumer = new Consumer(Orders).giveUp(1).fold(...place('a'), ...notes(added('1')))
    expect(consumer.notes('a')).toEqual(['book', '1', 'also 1'])
  })

  test('for one document keeps its effect on others', () => {
    const odd = stream('note-n', ['Added', { on: 'a', text: 7, also: 'b' }])
    const consumer = new Consumer(Orders).giveUp(1, 'a').fold(...place('a'), ...place('b'), ...odd)
    expect(consumer.waits).toEqual([])
    expect([consumer.notes('a'), consumer.notes('b')]).toEqual([['book'], ['book', 'also 7']])
  })

  test('parks its stream when it fails on another document than the one it was given up for', () => {
    const consumer = new Consumer(Orders).giveUp(1, 'b').fold(...place('a'), ...notes(fails))
    expect(consumer.waits).toEqual([['note-n', 1, null, 'broken']])
  })

  test('because its document had not appeared is not waited with again', () => {
    const late = new Consumer(Orders).giveUp(1, 'a', 0).fold(...notes(added('1'), added('2')))
    expect(late.waits).toEqual([['note-n', 2, 'a']])
    expect(late.fold(...place('a')).notes('a')).toEqual(['book', '2', 'also 2'])
  })
})

describe('the version that a document shows', () => {
  test('is that of the stream that made it, also when an event of it is ignored', () => {
    const consumer = new Consumer(Orders).fold(
      ...stream('order-a', ['Placed', { item: '1' }], ['Seen', {}], ['Seen', {}]),
    )
    expect(consumer.documents.get('a')).toMatchObject({ stream: 'order-a', version: 3 })
  })

  test('does not move with the events of other streams', () => {
    const consumer = new Consumer(Orders).fold(...place('a'))
    consumer.fold(...notes(['Added', { on: 'a', text: '1' }], ['Added', { on: 'a', text: '2' }]))
    expect(consumer.documents.get('a')).toMatchObject({ stream: 'order-a', version: 1 })
  })
})

describe('however the feed is cut into batches', () => {
  test('the same feed gives the same documents and the same waiting events', () => {
    void fc.assert(
      fc.property(feeds, cuts, (feed, sizes) => {
        const whole = new Consumer(Orders).fold(...feed)
        const cut = new Consumer(Orders)
        for (const batch of cutUp(feed, sizes)) cut.fold(...batch)
        expect([...cut.documents].sort()).toEqual([...whole.documents].sort())
        expect(cut.waits.map(String).sort()).toEqual(whole.waits.map(String).sort())
      }),
      { numRuns: 500 },
    )
  })
})
