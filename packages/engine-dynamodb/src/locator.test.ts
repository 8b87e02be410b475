import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import { Commits, keyOf } from './commits.ts'
import { Heads } from './heads.ts'
import { Locator } from './locator.ts'
import { Pages } from './pages.ts'
import { Placer } from './placer.ts'
import { Puts } from './puts.ts'
import { append, one, useStage } from './testing.fixture.ts'

const stage = useStage()
const commitsOfItem = 200

/** At most 8 for each level of the stream's trail. */
const mostReads = 24

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
  const placer = new Placer(1, { dynamo, commits, heads, pages, placed: () => {}, setAside: () => {} })
  const puts = new Puts(dynamo)
  for (let version = 1; version <= commitsOfItem; version += 1) {
    const commit = { stream: 'item-1', version, count: 1, payload: '[]' }
    await puts.put(commit, `w${version}`)
    await placer.place([commit])
  }
  return { pages, locator: new Locator(1, { dynamo, heads, pages, commits, placer }, true) }
}

it('G8 finds the place behind any commit of a hot stream with little reading', async () => {
  const { pages, locator } = await countedItem()
  const placeOf = async (version: number) => {
    pages.reads = 0
    const place = await locator.placeOf({ stream: 'item-1', version })
    expect(pages.reads).toBeLessThanOrEqual(mostReads)
    return place
  }
  for (const version of [1, 2, 8, 30, 70, 199, 200])
    expect(await placeOf(version)).toEqual({ page: version + 1, offset: 0 })
  expect(await placeOf(commitsOfItem + 1)).toBeUndefined()
})

it('G2 tells how much of a hot stream a consumer has been given that is far behind, with little reading', async () => {
  const { pages, locator } = await countedItem()
  for (const given of [0, 1, 7, 64, 100, 199, 200]) {
    pages.reads = 0
    expect(await locator.given('item-1', { page: given + 1, offset: 0 })).toBe(given)
    expect(pages.reads).toBeLessThanOrEqual(mostReads)
  }
  expect(await locator.given('item-2', { page: 1, offset: 0 })).toBe(0)
})

it('G8 of what waits for a version that was lost no place is told, but why', async () => {
  const tables = stage.names()
  const { events } = await stage.open(tables, { places: false })
  await append(events, one('order-1', 'absent'))
  await append(events, one('order-1', 1))
  const last = await append(events, one('order-1', 2))
  const dynamo = await stage.dynamo(tables)
  await dynamo.send(new DeleteItemCommand({ TableName: tables.events, Key: keyOf('order-1', 2) }))
  const position = last.outcome === 'appended' ? last.position : ''
  await expect(events.locate([{ stream: 'order-1', version: 3 }], position)).rejects.toThrow(/version 2 of order-1/)
  expect(await events.locate([{ stream: 'order-1', version: 1 }], position)).toBeDefined()
})
