import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { app, type RecordedEvent } from '../definitions/index.ts'
import { cuts, cutUp, feeds, Orders } from './orders.fixture.ts'
import { broken, type Faults, World } from './world.fixture.ts'

const shop = app('shop', { routes: {}, projections: [Orders] })

/** What has become of a feed when it was given in batches, with something done between them. */
async function foldedBy(
  batches: readonly (readonly RecordedEvent[])[],
  faults: Faults,
  restart: (turn: number) => boolean,
) {
  const world = await World.make()
  let runtime = await world.start(shop, faults)
  for (const [turn, batch] of batches.entries()) {
    for (const { stream, version, type, data } of batch) await world.behind(stream, version - 1, type, data as object)
    if (restart(turn)) {
      await world.run(runtime.stop())
      runtime = await world.start(shop, faults)
    }
    await world.run(runtime.settled())
  }
  const { documents } = await runtime.list(Orders)
  const generation = { model: 'orders', number: (await runtime.operations.projections())[0]?.generation ?? 0 }
  const waiting = await world.engine.readModels.loadWaiting(generation)
  await world.run(runtime.stop())
  return { documents, waiting: waiting.map(({ since, attempts, ...event }) => event) }
}

const never = () => false

describe('a read model', () => {
  test('G4 becomes the same in one batch, in many, and over restarts in which what failed is tried again', async () => {
    await fc.assert(
      fc.asyncProperty(feeds, cuts, fc.array(fc.boolean()), async (feed, sizes, restarts) => {
        const whole = await foldedBy([feed], {}, never)
        const batches = cutUp(feed, sizes)
        expect(await foldedBy(batches, {}, never)).toEqual(whole)
        // Tried again it may succeed, where the order that it failed on has been binned since.
        const hasFailed = whole.waiting.some(({ error }) => error !== undefined)
        if (hasFailed && feed.some(({ type }) => type === 'Binned')) return
        expect(await foldedBy(batches, {}, (turn) => restarts[turn % restarts.length] ?? true)).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  test('G4 becomes the same when every few calls of its store fail, before or after their effect', async () => {
    await fc.assert(
      fc.asyncProperty(feeds, cuts, fc.array(fc.nat(7), { minLength: 3, maxLength: 30 }), async (feed, sizes, dice) => {
        const whole = await foldedBy([feed], {}, never)
        let calls = 0
        // The first call is that of the start.
        const rolls = (face: number) => calls++ > 0 && dice[calls % (dice.length + 50)] === face
        const faults: Faults = {
          readModels: (store) => ({
            save: async (...changes) => {
              if (rolls(0)) await broken()
              const outcome = await store.save(...changes)
              return rolls(1) ? broken() : outcome
            },
            load: async (...ids) => (rolls(2) ? broken() : store.load(...ids)),
            loadWaiting: async (generation) => (rolls(3) ? broken() : store.loadWaiting(generation)),
          }),
        }
        expect(await foldedBy(cutUp(feed, sizes), faults, never)).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })
})
