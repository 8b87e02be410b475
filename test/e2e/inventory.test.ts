import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, post } from './http.ts'
import { listening, root, type Server, weir } from './weir.ts'

const KEY = 'a-key-that-was-given-to-a-partner'
const SHOWN = 'eb724435-02cb-4c68-9d7a-4b6471c5a810'
const withKey = { 'x-api-key': KEY }

async function startInventory(data: string): Promise<Server> {
  const app = join(root, 'examples/inventory')
  return listening(weir(['start', app, '--port', '0', '--data', data], { cwd: data, env: { API_KEY: KEY } }))
}

test('items are added behind a key, and replayed after a kill in the middle of a replay', async () => {
  const data = temporaryFolder()
  const first = await startInventory(data)
  const add = (itemId: string, amount: number, headers = {}) =>
    post(`${first.url}/addEvent`, { streamId: SHOWN, type: 'ITEM_CREATED', data: { itemId, amount } }, headers)
  expect((await add('pens', 5)).status).toBe(401)
  expect((await add('pens', 5, { 'x-api-key': 'made-up' })).status).toBe(403)
  for (let n = 0; n < 200; n += 1) expect((await add(`item-${n % 100}`, n, withKey)).status).toBe(202)
  expect(await post(`${first.url}/replay`, {}, withKey)).toMatchObject({
    status: 202,
    headers: { location: '/replay' },
  })
  await first.program.end('SIGKILL')

  const { url } = await startInventory(data)
  let progress = await get(`${url}/replay`, withKey)
  while (progress.body.state !== 'done') progress = await get(`${url}/replay`, withKey)
  expect(progress.body).toMatchObject({ projection: 'test-items', done: 200, total: 200 })
  const { body } = await get(`${url}/listTestItems?limit=1000`, withKey)
  const expected = Array.from({ length: 100 }, (_, n) => ({ id: `item-${n}`, itemId: `item-${n}`, amount: n + 100 }))
  expect(new Map(body.map((item: { id: string }) => [item.id, item]))).toEqual(
    new Map(expected.map((item) => [item.id, item])),
  )
})
