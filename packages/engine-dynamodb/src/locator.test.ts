import { expect, it } from 'vitest'
import { Commits } from './commits.ts'
import { Heads } from './heads.ts'
import { Locator } from './locator.ts'
import { Pages } from './pages.ts'
import { Placer } from './placer.ts'
import { Puts } from './puts.ts'
import { useStage } from './testing.fixture.ts'

const stage = useStage()
const commitsOfItem = 80

/** Tells how often a page was read. */
class CountedPages extends Pages {
  reads = 0

  override get(...page: Parameters<Pages['get']>) {
    this.reads += 1
    return super.get(...page)
  }
}

/** An item of the stock that was counted again and again, each time in a page of its own. */
async function countedItem() {
  const dynamo = await stage.dynamo()
  const commits = new Commits(dynamo)
  const heads = new Heads(dynamo)
  const pages = new CountedPages(dynamo)
  const placer = new Placer(1, { dynamo, commits, heads, pages, placed: () => {} })
  const puts = new Puts(dynamo)
  for (let version = 1; version <= commitsOfItem; version += 1) {
    const commit = { stream: 'item-1', version, count: 1, payload: '[]' }
    await puts.put(commit, `w${version}`)
    await placer.place([commit])
  }
  return { pages, locator: new Locator(1, { heads, pages, commits, placer }, true) }
}

it('G8 finds where a commit is, and of one that lies far back a place behind it, with little reading', async () => {
  const { pages, locator } = await countedItem()
  const placeOf = async (version: number) => {
    pages.reads = 0
    return { place: await locator.placeOf({ stream: 'item-1', version }), reads: pages.reads }
  }
  expect(await placeOf(70)).toEqual({ place: { page: 71, offset: 0 }, reads: 11 })
  const { place, reads } = await placeOf(1)
  expect(place?.page).toBeGreaterThan(1)
  expect(place?.page).toBeLessThanOrEqual(commitsOfItem + 1)
  expect(reads).toBe(50)
  expect((await placeOf(commitsOfItem + 1)).place).toBeUndefined()
})
