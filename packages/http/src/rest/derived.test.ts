import { beforeEach, describe, expect, test } from 'vitest'
import { derivedIdOf } from 'weir'
import { memoryEngine } from 'weir/memory'
import { startRuntime } from 'weir/runtime'
import { cafe, Payment } from '../../test/cafe.ts'
import { createHttpApp } from '../app.ts'

describe('a payment, whose id follows from its order', () => {
  let pay: (body: string) => Promise<{ status: number; body: unknown }>
  beforeEach(async () => {
    const runtime = await startRuntime(cafe, { engine: memoryEngine() })
    const http = createHttpApp({ mounts: [{ base: '', runtime }], apiKeys: ['key'] })
    const headers = { 'x-api-key': 'key', 'content-type': 'application/json' }
    pay = async (body) => {
      const answer = await http.request('/payments', { method: 'POST', headers, body })
      return { status: answer.status, body: await answer.json() }
    }
  })

  test('is one for each order, also when the order is written a little differently', async () => {
    const id = derivedIdOf(Payment, 'o-1')
    for (const orderId of ['o-1', 'o-1', ' o-1 ']) {
      expect((await pay(JSON.stringify({ orderId }))).body).toEqual({ id, version: 1 })
    }
    expect((await pay('{"orderId":"o-2"}')).body).toEqual({ id: derivedIdOf(Payment, 'o-2'), version: 1 })
  })

  test.each(['{}', '{"orderId":7}', '{"orderId":null}', '{"orderId":" "}'])(
    'needs the order, and %s has none',
    async (body) => {
      const answer = await pay(body)
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [{ field: 'orderId' }] } })
    },
  )

  test.each(['[]', '"text"', 'null'])('needs an object, not %s', async (body) => {
    expect(await pay(body)).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [{ field: '' }] } })
  })
})
