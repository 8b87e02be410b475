import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app } from '../../definitions/index.ts'
import type { EventStore } from '../../ports/index.ts'
import type { Runtime } from '../types.ts'
import { World } from '../world.fixture.ts'
import type { EventTail, TailFilter } from './explorer.ts'

const Note = z.object({ text: z.string() })
const book = (name: string) =>
  aggregate(name, { events: { Written: Note, Struck: Note }, initialState: 0 })
    .evolve({ Written: (count) => count + 1, Struck: (count) => count })
    .commands({
      write: { input: Note, decide: (_, data) => ({ type: 'Written' as const, data }) },
      strike: { input: Note, decide: (_, data) => ({ type: 'Struck' as const, data }) },
    })
const Diary = book('diary')
const Ledger = book('ledger')
const definition = app('desk', { routes: {}, aggregates: [Diary, Ledger] })

const texts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

class Desk {
  readonly #world: World
  readonly runtime: Runtime
  /** How often the feed was read. */
  reads = 0
  /** How long the first of those who read the feed at the same time has to wait, in milliseconds. */
  slowness = 0
  /** Who reads the feed is given what comes so many commits later. */
  ahead = 0
  #isWaitedFor = false

  private constructor(world: World, runtime: Runtime) {
    this.#world = world
    this.runtime = runtime
  }

  static async open(): Promise<Desk> {
    const world = await World.make()
    let desk: Desk | undefined
    const count = (events: EventStore): Partial<EventStore> => ({
      readFeed: async (cursor, ...rest) => {
        if (!desk) return events.readFeed(cursor, ...rest)
        desk.reads += 1
        await desk.#dawdle()
        if (desk.ahead === 0) return events.readFeed(cursor, ...rest)
        const { cursor: later } = await events.readFeed(cursor, desk.ahead)
        return events.readFeed(later, ...rest)
      },
    })
    desk = new Desk(world, await world.start(definition, { events: count }))
    return desk
  }

  async #dawdle(): Promise<void> {
    if (this.slowness === 0 || this.#isWaitedFor) return
    this.#isWaitedFor = true
    await new Promise<void>((resolve) => this.#world.clock.after(this.slowness, resolve))
    this.#isWaitedFor = false
  }

  get world(): World {
    return this.#world
  }

  async write(aggregate: typeof Diary, id: string, ...texts: readonly string[]): Promise<void> {
    for (const text of texts) await this.#world.run(this.runtime.execute(aggregate.commands.write(id, { text })))
  }

  /** Writes the first page of each of so many new diaries at once. */
  async begin(from: number, to: number): Promise<void> {
    const appends = texts(from, to).map((text) => {
      const events = [{ type: 'Written', data: { text }, commandId: text, id: text }]
      const payload = JSON.stringify({ at: '2030-01-01T00:00:00.000Z', events })
      return { streams: [{ stream: `diary-${text}`, expected: 'absent' as const, count: 1, payload }], commands: [] }
    })
    await this.#world.events.append(appends)
  }

  watch(filter: TailFilter = {}, place?: string): Promise<Viewer> {
    return this.#world.run(
      (async () => {
        const viewer = new Viewer(this.#world)
        viewer.tail = await this.runtime.operations.tail(filter, place, () => viewer.wake())
        return viewer
      })(),
    )
  }
}

/** One who watches, and notes what is shown. */
class Viewer {
  readonly #world: World
  tail!: EventTail
  wake = (): void => {}

  constructor(world: World) {
    this.#world = world
  }

  /** The next items, as texts of events, or how many were skipped. */
  see(count: number): Promise<(string | number)[]> {
    return this.#world.run(
      (async () => {
        const seen: (string | number)[] = []
        while (seen.length < count) {
          const woken = new Promise<void>((resolve) => {
            this.wake = resolve
          })
          const item = await this.tail.next()
          if (!item) await woken
          else
            seen.push(
              'skipped' in item ? item.skipped : String((item.event as { data?: typeof Note._output }).data?.text),
            )
        }
        return seen
      })(),
    )
  }

  /** Whether nothing is shown although time passes. */
  async seesNothing(): Promise<boolean> {
    await this.#world.clock.advance(5000)
    return (await this.#world.run(this.tail.next())) === undefined
  }
}

describe('who watches', () => {
  test('is shown what is recorded from then on, in the order of each stream', async () => {
    const desk = await Desk.open()
    await desk.write(Diary, 'a', 'before')
    const viewer = await desk.watch()
    await desk.write(Diary, 'a', '1', '2', '3')
    await desk.write(Ledger, 'b', '4')
    expect(await viewer.see(4)).toEqual(['1', '2', '3', '4'])
    expect(await viewer.seesNothing()).toBe(true)
  })

  test('is shown what other processes record, too', async () => {
    const desk = await Desk.open()
    const viewer = await desk.watch()
    await desk.world.behind('diary-a', 0, 'Written', { text: 'elsewhere' })
    expect(await viewer.see(1)).toEqual(['elsewhere'])
  })

  test('can ask for an aggregate, a type and a stream', async () => {
    const desk = await Desk.open()
    const [diaries, struck, mine] = await Promise.all([
      desk.watch({ aggregate: 'diary' }),
      desk.watch({ type: 'Struck' }),
      desk.watch({ stream: 'ledger-b', type: 'Written' }),
    ])
    await desk.write(Diary, 'a', '1')
    await desk.write(Ledger, 'b', '2')
    await desk.write(Ledger, 'c', '3')
    await desk.world.run(desk.runtime.execute(Ledger.commands.strike('b', { text: '4' })))
    expect(await diaries.see(1)).toEqual(['1'])
    expect(await struck.see(1)).toEqual(['4'])
    expect(await mine.see(1)).toEqual(['2'])
    for (const viewer of [diaries, struck, mine]) expect(await viewer.seesNothing()).toBe(true)
  })

  test('is told why an event cannot be read', async () => {
    const desk = await Desk.open()
    const viewer = await desk.watch()
    await desk.world.behind('diary-a', 0, 'Burnt', {})
    await desk.world.raw('diary-b', 0, 'no commit')
    await viewer.see(1)
    const item = await desk.world.run(viewer.tail.next())
    expect(item).toMatchObject({ event: { stream: 'diary-b', version: 1, raw: 'no commit' } })
  })
})

describe('who comes again', () => {
  test('is shown what was recorded meanwhile, without loss or doubling, wherever it left', async () => {
    const desk = await Desk.open()
    let viewer = await desk.watch()
    await desk.write(Diary, 'a', ...texts(1, 5))
    await desk.write(Ledger, 'b', ...texts(6, 9))
    for (let shown = 0; shown < 9; shown += 1) {
      expect(await viewer.see(1)).toEqual([String(shown + 1)])
      viewer.tail.end()
      viewer = await desk.watch({}, viewer.tail.place)
    }
    expect(await viewer.seesNothing()).toBe(true)
    await desk.write(Diary, 'a', '10')
    expect(await viewer.see(1)).toEqual(['10'])
  })

  test('is shown both what it missed and what comes, while others watch', async () => {
    const desk = await Desk.open()
    const other = await desk.watch()
    const first = await desk.watch()
    await desk.write(Diary, 'a', '1', '2')
    expect(await first.see(1)).toEqual(['1'])
    first.tail.end()
    await desk.write(Diary, 'a', ...texts(3, 300))
    const again = await desk.watch({}, first.tail.place)
    await desk.write(Diary, 'a', '301')
    expect(await again.see(100)).toEqual(texts(2, 101))
    again.tail.end()
    await desk.write(Diary, 'a', '302')
    const third = await desk.watch({}, again.tail.place)
    expect(await third.see(201)).toEqual(texts(102, 302))
    expect(await third.seesNothing()).toBe(true)
    expect(await other.see(302)).toEqual(texts(1, 302))
  })

  test('goes on from where it was, however little it asked for came by', async () => {
    const desk = await Desk.open()
    const viewer = await desk.watch({ stream: 'ledger-b' })
    const begun = viewer.tail.place
    await desk.write(Diary, 'a', ...texts(1, 30))
    expect(await viewer.seesNothing()).toBe(true)
    expect(viewer.tail.place).not.toBe(begun)
    viewer.tail.end()
    await desk.write(Ledger, 'b', '31')
    expect(await (await desk.watch({ stream: 'ledger-b' }, viewer.tail.place)).see(1)).toEqual(['31'])
  })

  test('after very many events is only told how many there were', async () => {
    const desk = await Desk.open()
    const viewer = await desk.watch()
    const { place } = viewer.tail
    viewer.tail.end()
    const written = texts(1, 10_001).map((text) => ({ type: 'Written', data: { text }, commandId: text, id: text }))
    const payload = JSON.stringify({ at: '2030-01-01T00:00:00.000Z', events: written })
    const streams = [{ stream: 'diary-a', expected: 'absent' as const, count: written.length, payload }]
    await desk.world.events.append([{ streams, commands: [] }])
    const again = await desk.watch({}, place)
    await desk.write(Diary, 'b', 'new')
    expect(await again.see(2)).toEqual([10_001, 'new'])
  })

  test('while the feed is followed slowly is shown all streams that are new, each once, and has short ids', async () => {
    const desk = await Desk.open()
    await desk.watch()
    let viewer = await desk.watch()
    desk.slowness = 10
    await desk.begin(1, 1500)
    const seen: (string | number)[] = []
    for (const count of [0, 1, 98, 120, 681, 600]) {
      viewer.tail.end()
      viewer = await desk.watch({}, viewer.tail.place)
      for (let left = count; left > 0; left -= 1) {
        seen.push(...(await viewer.see(1)))
        expect(viewer.tail.place.length).toBeLessThan(4096)
      }
    }
    expect(seen).toEqual(texts(1, 1500))
    expect(await viewer.seesNothing()).toBe(true)
  })

  test('is told how many were left out when its id would have to name too many streams', async () => {
    const desk = await Desk.open()
    await desk.watch()
    const first = await desk.watch()
    await desk.begin(1, 250)
    await first.see(60)
    first.tail.end()
    await desk.world.clock.advance(1000)
    desk.ahead = 100
    const again = await desk.watch({}, first.tail.place)
    const skipped = await again.see(1)
    desk.ahead = 0
    expect(skipped).toEqual([250])
    expect(again.tail.place.length).toBeLessThan(200)
    await desk.write(Ledger, 'b', 'new')
    expect(await again.see(1)).toEqual(['new'])
    expect(await again.seesNothing()).toBe(true)
  })

  test.each(['', 'x', 'AAAAAAAAAAAAAAAA.WyIwIl0', '0'])('cannot come from no place: %j', async (place) => {
    const desk = await Desk.open()
    await expect(desk.watch({}, place)).rejects.toMatchObject({ code: 'malformed-cursor' })
  })

  test('cannot come with the place of another store', async () => {
    const { tail } = await (await Desk.open()).watch()
    const elsewhere = `${tail.place.slice(0, -2)}AA`
    await expect((await Desk.open()).watch({}, elsewhere)).rejects.toMatchObject({ code: 'malformed-cursor' })
  })
})

test('who is slow is told how many were left out, and then shown what came last', async () => {
  const desk = await Desk.open()
  const slow = await desk.watch()
  const quick = await desk.watch()
  for (let round = 0; round < 15; round += 1) {
    await desk.write(Diary, 'a', ...Array.from({ length: 100 }, (_, index) => String(round * 100 + index)))
    expect(await quick.see(100)).toHaveLength(100)
  }
  const [skipped, first] = await slow.see(2)
  expect(skipped).toBeGreaterThan(400)
  expect(first).toBe(String(skipped))
  expect((await slow.see(1500 - Number(skipped) - 1)).at(-1)).toBe('1499')
})

test('the feed is followed once for all, and only while somebody watches', async () => {
  const desk = await Desk.open()
  await desk.write(Diary, 'a', '1')
  const before = desk.reads
  expect(before).toBe(0)
  const viewers = await Promise.all([desk.watch(), desk.watch(), desk.watch()])
  await desk.write(Diary, 'a', '2')
  for (const viewer of viewers) expect(await viewer.see(1)).toEqual(['2'])
  expect(desk.reads).toBeLessThan(6)
  for (const viewer of viewers) viewer.tail.end()
  await desk.world.clock.advance(10_000)
  const after = desk.reads
  await desk.write(Diary, 'a', '3')
  await desk.world.clock.advance(10_000)
  expect(desk.reads).toBe(after)
})

test('nobody is shown anything any more when the application stops', async () => {
  const desk = await Desk.open()
  const viewer = await desk.watch()
  await desk.world.run(desk.runtime.stop())
  await expect(viewer.tail.next()).rejects.toThrow('stopping')
  await expect(desk.watch()).rejects.toThrow('stopping')
})
