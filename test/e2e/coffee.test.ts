import { expect, test } from 'vitest'
import { expectEnds, Shop } from './coffee.ts'
import { go, type Path, paths } from './coffee-paths.ts'
import { temporaryFolder } from './folders.ts'
import { get, post } from './http.ts'
import { printedSeed, seededRandom } from './seeded.ts'
import { startExamples } from './weir.ts'

test.each(Object.entries(paths))(
  'an order that %s comes to its end, with a kill after every step',
  {
    timeout: 60_000,
  },
  async (_, path) => {
    const shop = new Shop(temporaryFolder())
    await go(shop, path, 'ada-1', () => shop.kill())
    const orders = await shop.orders('ada-1')
    expect(orders).toHaveLength(1)
    expectEnds(orders, shop.books())
  },
)

test('killed at random moments, with many orders on their way: each comes to its end, and nobody is charged twice', {
  timeout: 120_000,
}, async () => {
  const random = seededRandom(printedSeed())
  const shop = new Shop(temporaryFolder())
  const all = Object.values(paths)
  const customers = Array.from({ length: 60 }, (_, n) => `customer-${n}`)
  const work = Promise.all(customers.map((id, n) => go(shop, all[n % all.length] as Path, id)))
  const kill = async () => {
    for (let kills = 0; kills < 8; kills++) await shop.killAfter(1 + Math.floor(random() * 200))
  }
  await Promise.race([work, kill()])
  await work
  const orders = (await Promise.all(customers.map((customerId) => shop.orders(customerId)))).flat()
  expect(orders).toHaveLength(customers.length)
  expectEnds(orders, shop.books())
})

test('an order that nobody pays is cancelled when its time is over, although the server was killed meanwhile', async () => {
  const shop = new Shop(temporaryFolder(), { PAYMENT_TIMEOUT_SECONDS: '2' })
  const order = { coffeeId: '1', customerId: 'ada-1', customerName: 'Ada' }
  const { body } = await shop.send('POST', '/order', order, 'order')
  await shop.kill()
  const cancelled = await shop.order(body.id, ({ status }) => status !== 'ORDER_CREATED')
  expect(cancelled).toMatchObject({ status: 'ORDER_CANCELLED', note: 'Not paid in time', paymentId: null })
  expect(shop.books()).toEqual([])
})

test('an order is paid and made beside the other examples, of which none is given the gateway', async () => {
  const data = temporaryFolder()
  const { program, url } = await startExamples(['--port', '0', '--data', data], { cwd: data })
  const coffee = new URL('/coffee', url).href
  const ordered = await post(`${coffee}/order`, { coffeeId: '3', customerId: 'ada-1', customerName: 'Ada' })
  const { status, body } = await post(`${coffee}/payment`, { orderId: ordered.body.id })
  expect([status, body.amount]).toEqual([201, 450])
  let order = ordered
  while (!order.body.fulfilmentId) order = await get(`${coffee}/order/${ordered.body.id}`)
  expect(order.body).toMatchObject({ status: 'ORDER_IN_PROGRESS', paymentId: body.id })
  expect(program.stdout).not.toContain('"warn"')
})
