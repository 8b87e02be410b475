import { onEachEngine, type Server, testKey } from '@weir-examples/harness'
import { describe, expect, test } from 'vitest'
import { inventory } from './index.ts'

const SHOWN = 'eb724435-02cb-4c68-9d7a-4b6471c5a810'
const key = { 'x-api-key': testKey }

onEachEngine(inventory, (server) => {
  const add = (type: string, data: object, streamId: unknown = SHOWN) =>
    server().send('POST', '/addEvent', { streamId, type, data }, key)
  const tokenOf = (header: (name: string) => string | undefined) => ({
    ...key,
    'consistency-token': header('consistency-token') as string,
  })
  /** What is listed for somebody who has just added an event. */
  const itemsAfter = async (type: string, data: object) => {
    const { status, header } = await add(type, data)
    expect(status).toBe(202)
    const { body, header: read } = await server().get('/listTestItems', tokenOf(header))
    expect(read('consistency-status')).toBe('reached')
    return body
  }
  const fieldsOf = (body: { errors: { field: string }[] }) => body.errors.map(({ field }) => field)

  test('an item is created, changed and deleted, and each is seen at once', async () => {
    expect((await server().get('/listTestItems', key)).body).toEqual([])
    const pens = { id: 'pens', itemId: 'pens', amount: 5 }
    expect(await itemsAfter('ITEM_CREATED', { itemId: 'pens', amount: 5 })).toEqual([pens])
    expect(await itemsAfter('ITEM_AMOUNT_CHANGED', { itemId: 'pens', amount: 3 })).toEqual([{ ...pens, amount: 3 }])
    expect(await itemsAfter('ITEM_DELETED', { itemId: 'pens' })).toEqual([])
  })

  describe('POST /addEvent', () => {
    test('says where the event is and what it is called', async () => {
      const first = await add('ITEM_CREATED', { itemId: 'pens', amount: 5 })
      const second = await add('ITEM_DELETED', { itemId: 'pens' })
      expect([first.status, first.body]).toEqual([202, { streamId: SHOWN, version: 1, id: expect.any(String) }])
      expect(second.body).toEqual({ streamId: SHOWN, version: 2, id: expect.any(String) })
      expect(second.body.id).not.toBe(first.body.id)
    })

    test('stores an event of a type that nobody knows, and passes it over', async () => {
      await itemsAfter('ITEM_CREATED', { itemId: 'pens', amount: 5 })
      expect(await itemsAfter('ITEM_PAINTED', { itemId: 'pens', colour: 'blue' })).toHaveLength(1)
      expect((await add('X', {})).body).toMatchObject({ version: 3 })
    })

    test('passes over what happens to items that are not there', async () => {
      expect(await itemsAfter('ITEM_AMOUNT_CHANGED', { itemId: 'pens', amount: 3 })).toEqual([])
      expect(await itemsAfter('ITEM_DELETED', { itemId: 'pens' })).toEqual([])
    })

    test('creates an item again by overwriting it', async () => {
      await itemsAfter('ITEM_CREATED', { itemId: 'pens', amount: 5 })
      expect(await itemsAfter('ITEM_CREATED', { itemId: 'pens', amount: 1 })).toMatchObject([{ amount: 1 }])
    })

    test('stores events of other streams, which are not listed', async () => {
      expect((await add('ITEM_CREATED', { itemId: 'pens', amount: 5 }, 'another')).status).toBe(202)
      await server().runtime.settled()
      expect((await server().get('/listTestItems', key)).body).toEqual([])
    })

    test.each([
      [{ streamId: SHOWN, type: 'ITEM_CREATED', data: { itemId: 'pens' } }, ['data.amount']],
      [{ streamId: SHOWN, type: 'ITEM_CREATED', data: { itemId: 'pens', amount: -1 } }, ['data.amount']],
      [{ streamId: SHOWN, type: 'ITEM_AMOUNT_CHANGED', data: { itemId: 'pens', amount: 1.5 } }, ['data.amount']],
      [{ streamId: SHOWN, type: 'ITEM_AMOUNT_CHANGED', data: { amount: '3' } }, ['data.itemId', 'data.amount']],
      [{ streamId: SHOWN, type: 'ITEM_DELETED', data: { itemId: 7 } }, ['data.itemId']],
      [{ streamId: SHOWN, type: 'ITEM_CREATED' }, ['data']],
      [{ streamId: SHOWN, type: '', data: {} }, ['type']],
      [{ streamId: SHOWN, type: 'X', data: 'text' }, ['data']],
      [{ streamId: 'no id', type: 'X', data: {} }, ['streamId']],
      [{ type: 'X', data: {} }, ['streamId']],
    ])('refuses %j and names the fields', async (input, fields) => {
      const { status, body } = await server().send('POST', '/addEvent', input, key)
      expect(status).toBe(400)
      expect(fieldsOf(body)).toEqual(fields)
    })

    test('repeated with the same key adds one event', async () => {
      const event = { streamId: SHOWN, type: 'ITEM_CREATED', data: { itemId: 'pens', amount: 5 } }
      const repeatable = { ...key, 'idempotency-key': 'five-pens' }
      const first = await server().send('POST', '/addEvent', event, repeatable)
      await server().restart()
      const second = await server().send('POST', '/addEvent', event, repeatable)
      expect([second.status, second.body]).toEqual([202, first.body])
    })
  })

  describe('whoever has no key', () => {
    const requests: ((at: Server, headers: Record<string, string>) => Promise<{ status: number }>)[] = [
      (at, headers) => at.send('POST', '/addEvent', { streamId: SHOWN, type: 'X', data: {} }, headers),
      (at, headers) => at.get('/listTestItems', headers),
      (at, headers) => at.send('POST', '/replay', {}, headers),
      (at, headers) => at.get('/replay', headers),
    ]

    test('is served nothing', async () => {
      for (const request of requests) {
        expect((await request(server(), {})).status).toBe(401)
        expect((await request(server(), { 'x-api-key': 'made-up' })).status).toBe(403)
      }
    })

    test('may read how the API works', async () => {
      expect((await server().get('/openapi.json')).body.paths).toHaveProperty('/addEvent')
    })
  })

  describe('POST /replay', () => {
    const progress = async () => (await server().get('/replay', key)).body

    test('folds all items anew, while the list stays what it is', async () => {
      for (let n = 0; n < 20; n += 1) await add('ITEM_CREATED', { itemId: `item-${n}`, amount: n })
      await server().runtime.settled()
      const before = (await server().get('/listTestItems', key)).body
      const { status, body, header } = await server().send('POST', '/replay', {}, key)
      expect([status, body]).toEqual([202, { projection: 'test-items', generation: expect.any(Number) }])
      expect(header('location')).toBe('/replay')
      const look = async () => {
        expect((await server().get('/listTestItems', key)).body).toEqual(before)
        return progress()
      }
      await expect
        .poll(look, { timeout: 30_000 })
        .toMatchObject({ generation: body.generation, state: 'done', done: 20, total: 20 })
      expect((await server().get('/listTestItems', key)).body).toEqual(before)
      expect(await itemsAfter('ITEM_DELETED', { itemId: 'item-0' })).toHaveLength(19)
    })

    test('says how far it has come, also when there was none', async () => {
      await add('ITEM_CREATED', { itemId: 'pens', amount: 5 })
      await server().runtime.settled()
      expect(await progress()).toMatchObject({ projection: 'test-items', state: 'done', done: 1, total: 1 })
    })
  })
})
