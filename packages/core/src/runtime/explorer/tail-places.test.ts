import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, type RecordedEvent } from '../../definitions/index.ts'
import type { EventStore, FeedCommit } from '../../ports/index.ts'
import { World } from '../world.fixture.ts'
import type { EventTail } from './explorer.ts'

const Note = aggregate('note', { events: { Written: z.object({}) }, initialState: 0 })
  .evolve({ Written: (count) => count + 1 })
  .commands({ write: { input: z.object({}), decide: () => ({ type: 'Written', data: {} }) } })
const definition = app('desk', { routes: {}, aggregates: [Note] })

type Action =
  | { readonly write: string }
  | { readonly see: number }
  | { readonly comeAgainWhile: readonly string[] }
  | 'time passes'

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ write: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 4, arbitrary: fc.record({ see: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ comeAgainWhile: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }) }) },
  { weight: 1, arbitrary: fc.constant<Action>('time passes') },
)

/** A feed that gives pages of any length, with the commits of different streams in another order each time. */
function restless(events: EventStore, random: () => number): Partial<EventStore> {
  return {
    readFeed: async (cursor, limit, part) => {
      const page = await events.readFeed(cursor, Math.min(limit, 1 + Math.floor(random() * 8)), part)
      const left = [...Map.groupBy(page.commits, ({ stream }) => stream).values()]
      const commits: FeedCommit[] = []
      while (commits.length < page.commits.length) {
        const next = left[Math.floor(random() * left.length)]?.shift()
        if (next) commits.push(next)
      }
      return { ...page, commits }
    },
  }
}

test('G2 who comes again and again is shown each event once, in the order of its stream, in whatever order streams come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 30, maxLength: 60 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      async (actions, chances) => {
        const random = () => chances.next().value as number
        const world = await World.make()
        const runtime = await world.start(definition, { events: (events) => restless(events, random) })
        const join = (place?: string) => runtime.operations.tail({}, place, () => {})
        const write = async (id: string) => {
          written.push(`note-${id}@${written.filter((name) => name.startsWith(`note-${id}`)).length + 1}`)
          await runtime.execute(Note.commands.write(id, {}))
        }
        // Another one watches all the time, so that the feed is followed while this one is away.
        await world.run(join())
        let tail: EventTail = await world.run(join())
        const written: string[] = []
        const seen: string[] = []
        const see = async () => {
          const item = await world.run(tail.next())
          if (!item) return false
          const { stream, version } = (item as { event: RecordedEvent }).event
          seen.push(`${stream}@${version}`)
          return true
        }
        for (const each of actions) {
          if (each === 'time passes') await world.clock.advance(60)
          else if ('comeAgainWhile' in each) {
            tail.end()
            ;[tail] = await world.run(Promise.all([join(tail.place), ...each.comeAgainWhile.map(write)]))
          } else if ('see' in each) for (let left = each.see; left > 0 && (await see()); left -= 1);
          else await world.run(write(each.write))
        }
        await world.clock.advance(1000)
        while (await see());
        const of = (all: string[], stream: string) => all.filter((name) => name.startsWith(stream))
        for (const stream of ['note-a', 'note-b', 'note-c']) expect(of(seen, stream)).toEqual(of(written, stream))
        await world.run(runtime.stop())
      },
    ),
    { numRuns: 60 },
  )
})
