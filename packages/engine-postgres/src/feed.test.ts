import { expect, it } from 'vitest'
import type { Commit, Cursor, Engine, FeedPart } from 'weir/ports'
import { partitionOf } from 'weir/ports'
import { append, one, useStage } from './testing.fixture.ts'

const stage = useStage()

/** A consumer that keeps what it was given: streams with versions. */
class Reader {
  readonly given: string[] = []
  readonly #engine: Engine
  readonly #part: FeedPart | undefined
  cursor: Cursor | undefined

  constructor(engine: Engine, cursor?: Cursor, part?: FeedPart) {
    this.#engine = engine
    this.cursor = cursor
    this.#part = part
  }

  async page(limit = 100): Promise<boolean> {
    const { commits, cursor, more } = await this.#engine.events.readFeed(this.cursor, limit, this.#part)
    this.given.push(...commits.map(nameOf))
    this.cursor = cursor
    return more
  }

  async drain(limit = 100): Promise<string[]> {
    while (await this.page(limit)) {}
    return this.given
  }
}

function nameOf({ stream, version }: Commit): string {
  return `${stream}@${version}`
}

it('G2 what was drawn first and is committed last is not lost, though no snapshot shows that it was under way', async () => {
  const engine = await stage.open('early')
  // The xid of the second is the newer one; it draws its position first. PostgreSQL lists neither as running.
  const first = await stage.begin('early')
  await first.query('SELECT pg_current_xact_id()')
  const second = await stage.begin('early')
  await second.append(one('second', 'absent'))
  await first.append(one('first', 'absent'))
  await first.commit()
  const reader = new Reader(engine)
  expect(await reader.drain()).toEqual(['first@1'])
  await second.commit()
  expect(await reader.drain()).toEqual(['first@1', 'second@1'])
  expect(await reader.drain()).toEqual(['first@1', 'second@1'])
})

it('G2 a transaction that stays open holds back what it writes, and nothing else', async () => {
  const engine = await stage.open('open')
  const open = await stage.begin('open')
  await open.append(one('late', 'absent'))
  const reader = new Reader(engine)
  for (let index = 1; index <= 3; index += 1) {
    await append(engine, one('order', index - 1))
    expect((await reader.drain()).at(-1)).toBe(`order@${index}`)
  }
  await open.commit()
  expect(await reader.drain()).toEqual(['order@1', 'order@2', 'order@3', 'late@1'])
})

it('G2 what is rolled back is never given, and leaves no gap in what follows', async () => {
  const engine = await stage.open('rolled back')
  const open = await stage.begin('rolled back')
  await open.append(one('order', 'absent', 3))
  const reader = new Reader(engine)
  await reader.drain()
  await open.rollback()
  await append(engine, one('order', 'absent'))
  expect(await reader.drain()).toEqual(['order@1'])
})

it('G2 while pages lead to a snapshot, what comes later waits until they are there', async () => {
  const engine = await stage.open('pages')
  const open = await stage.begin('pages')
  await open.append(one('late', 'absent'))
  for (const stream of ['a', 'b', 'c']) await append(engine, one(stream, 'absent'))
  const reader = new Reader(engine)
  expect(await reader.page(2)).toBe(true)
  await append(engine, one('d', 'absent'))
  await open.commit()
  expect(await reader.page(2)).toBe(true)
  expect(reader.given).toEqual(['a@1', 'b@1', 'c@1'])
  expect(await reader.drain(2)).toEqual(['a@1', 'b@1', 'c@1', 'late@1', 'd@1'])
})

it('G2 many that come late are given in pages, too', async () => {
  const engine = await stage.open('many')
  const early = await stage.begin('many')
  await early.query('SELECT pg_current_xact_id()')
  const late = await stage.begin('many')
  const streams = Array.from({ length: 9 }, (_, index) => `late-${index}`)
  await late.append(...streams.map((stream) => one(stream, 'absent')))
  await early.append(one('early', 'absent'))
  await early.commit()
  const reader = new Reader(engine)
  await reader.drain()
  await append(engine, one('between', 'absent'))
  await late.commit()
  await append(engine, one('after', 'absent'))
  const rest = streams.map((stream) => `${stream}@1`)
  expect(await reader.drain(4)).toEqual(['early@1', ...rest, 'between@1', 'after@1'])
})

it('G8 a cursor covers what it has been given of a transaction that was late, and not what is still to come', async () => {
  const engine = await stage.open('covers')
  const open = await stage.begin('covers')
  const [late] = await open.append(one('late', 'absent'))
  const result = await append(engine, one('order', 'absent'))
  const before = await engine.events.feedEnd()
  await open.commit()
  const position = late?.outcome === 'appended' ? late.position : ''
  expect(result.outcome === 'appended' && engine.events.covers(before, result.position)).toBe(true)
  expect(engine.events.covers(before, position)).toBe(false)
  expect(engine.events.covers(await engine.events.feedEnd(), position)).toBe(true)
})

it('G8 what was appended by one process is a position to another at once; what nobody wrote is none', async () => {
  const [writer, other] = [await stage.open('positions'), await stage.open('positions')]
  for (let version = 0; version < 20; version += 1) {
    const results = await writer.events.append([one('order', version), one('other', 'any', 0)])
    for (const result of results) {
      const position = result.outcome === 'appended' ? result.position : ''
      expect(await other.events.locate([], position)).toBe(position)
    }
  }
  const { commits } = await writer.events.readFeed(undefined, 100)
  const [xid = 0, at = 0] = commits.at(-1)?.position.split('.').map(Number) ?? []
  const future = [`${xid}.${at + 1}`, `${xid + 1_000_000}.${at}`, `${xid}:${xid + 1_000_000}:`]
  for (const text of future) expect([text, await other.events.locate([], text)]).toEqual([text, undefined])
})

it('G8 many who ask for positions at once all get the right answer', async () => {
  const [writer, other] = [await stage.open('asked'), await stage.open('asked')]
  const answers = Array.from({ length: 30 }, async (_, index) => {
    const result = await append(writer, one(`order-${index}`, 'absent'))
    const position = result.outcome === 'appended' ? result.position : ''
    return (await other.events.locate([], position)) === position
  })
  expect(new Set(await Promise.all(answers))).toEqual(new Set([true]))
})

it('a part whose streams rest does not read what others have written again and again', async () => {
  const engine = await stage.open('parts')
  const busy = Array.from({ length: 50 }, (_, index) => `order-${index}`).find((stream) => partitionOf(stream, 2) === 0)
  const reader = new Reader(engine, undefined, { partition: 1, of: 2 })
  await engine.events.append(Array.from({ length: 200 }, () => one(`${busy}`, 'any')))
  await reader.drain()
  expect(reader.given).toEqual([])
  const { done, total } = await engine.events.progress(reader.cursor)
  expect([done, total]).toEqual([200, 200])
})

it('a page ends before it becomes too large, whatever the limit', async () => {
  const engine = await stage.open('large')
  const payload = JSON.stringify('é'.repeat(1_000_000))
  const streams = Array.from({ length: 6 }, (_, index) => `order-${index}`)
  await engine.events.append(
    streams.map((stream) => ({ streams: [{ stream, expected: 'absent', count: 1, payload }], commands: [] })),
  )
  const reader = new Reader(engine)
  expect(await reader.page()).toBe(true)
  expect(reader.given).toHaveLength(3)
  expect(await reader.drain()).toEqual(streams.map((stream) => `${stream}@1`))
})
