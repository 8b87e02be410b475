import { beforeEach, describe, expect, test } from 'vitest'
import type { RebuildStatus } from './operations.ts'
import { RebuildWatch } from './rebuild-watch.ts'
import { World } from './world.fixture.ts'

const minutes = (count: number) => count * 60_000

describe('who watches rebuilds', () => {
  let world: World
  const rebuild = { projection: 'concerts', generation: 2, state: 'running', done: 7 } as RebuildStatus
  const lookAt = (time: number) => {
    const watch = new RebuildWatch({ readModels: world.engine.readModels, now: () => time })
    return world.run(watch.look([rebuild], minutes(5)))
  }

  beforeEach(async () => {
    world = await World.make()
  })

  test('G9 finds one that stands still, though the clock of who looked before was hours ahead', async () => {
    expect(await lookAt(minutes(600))).toEqual([])
    expect(await lookAt(minutes(1))).toEqual(['concerts'])
    expect([await lookAt(minutes(5)), await lookAt(minutes(6))]).toEqual([[], ['concerts']])
  })

  test('keeps notes under a name that no projection can have', async () => {
    await lookAt(0)
    expect(await world.engine.readModels.models()).toEqual([expect.stringContaining(':')])
  })
})
