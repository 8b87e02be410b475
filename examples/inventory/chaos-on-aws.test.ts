import { isOnAws, testKey } from '@weir-examples/harness'
import type { CloudServer } from '@weir-examples/harness/aws'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { inventory } from './index.ts'

/** Tried by `npm run test:aws` only, which imports what brings the CDK. */
const long = (name: string, run: () => Promise<void>) => test.runIf(isOnAws)(name, run, 300_000)

const aws = () => import('@weir-examples/harness/aws')

const SHOWN = 'eb724435-02cb-4c68-9d7a-4b6471c5a810'
const key = { 'x-api-key': testKey }
let server: CloudServer
const undo: (() => void)[] = []
const amounts = new Map<string, number>()

beforeAll(async () => {
  if (isOnAws) server = await (await aws()).serveOnAws(inventory)
})
afterEach(() => {
  for (const each of undo.splice(0)) each()
})
afterAll(() => server?.stop())

const folding = () => server.cloud.function('inventory_test-items')
const publisher = () => server.cloud.function('inventory-publisher')

/** Items come, change and stay, one goes: side by side, but for what concerns one item. */
async function stockTaking(goes: string, ...stay: readonly string[]): Promise<void> {
  const add = async (type: string, data: object) => {
    expect((await server.send('POST', '/addEvent', { streamId: SHOWN, type, data }, key)).status).toBe(202)
  }
  const count = async (itemId: string) => {
    await add('ITEM_CREATED', { itemId, amount: 1 })
    for (let amount = 2; amount <= 6; amount++) await add('ITEM_AMOUNT_CHANGED', { itemId, amount })
    amounts.set(itemId, 6)
  }
  await Promise.all([goes, ...stay].map(count))
  await add('ITEM_DELETED', { itemId: goes })
  amounts.delete(goes)
}

/** The list shows the last amounts, and is what a pure fold of all events gives; nothing is parked. */
async function nothingIsWrong(): Promise<void> {
  await server.cloud.settled()
  const listed: { itemId: string; amount: number }[] = (await server.get('/listTestItems', key)).body
  expect(new Map(listed.map(({ itemId, amount }) => [itemId, amount]))).toEqual(amounts)
  const { historyOn } = await aws()
  const { findings, projections } = await historyOn(server.cloud, inventory)
  expect(findings).toEqual([])
  expect(projections).toMatchObject([{ missing: 0, extra: 0, different: 0, sample: [] }])
}

long('every message comes twice, and what comes together in any order', async () => {
  const { comeTwice } = await aws()
  undo.push(...[folding(), publisher()].map(comeTwice))
  await stockTaking('ink', 'pens', 'paper')
  await nothingIsWrong()
})

long('the projection dies before and after it commits', async () => {
  const { comeAgainAtOnce } = await aws()
  let deaths = 0
  const counting = folding().intercept(async (event, next) => {
    const invoked = await next(event)
    if (invoked.kind === 'failed') deaths++
    return invoked
  })
  undo.push(counting, comeAgainAtOnce(folding()))
  const port = Number(new URL(server.cloud.endpoints.database ?? '').port)
  for (const when of ['before', 'after'] as const) {
    const before = deaths
    // The one statement by which a projection commits.
    folding().dieOnce({ port, call: 1, holding: 'SELECT outcome, save', when })
    await stockTaking('glue', 'pens', 'nibs')
    await nothingIsWrong()
    expect(deaths).toBe(before + 1)
  }
})
