import { engines, type Server, serveOn } from '@weir-examples/harness'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { provide } from 'weir'
import { type VirtualClock, virtualClock } from 'weir/testing'
import { closedWay, FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'

const MINUTE = 60_000

// Each second of virtual time is a look at the store for every consumer: a quarter of an hour of it would be long.
const timeToPay = '60'

describe.each(Object.entries(engines))('the time to pay, on %s', (_, openStore) => {
  let clock: VirtualClock
  let gateway: FakeGateway
  let server: Server
  let dispose: () => void

  beforeEach(async () => {
    vi.stubEnv('PAYMENT_TIMEOUT_SECONDS', timeToPay)
    const store = await openStore()
    dispose = () => store.dispose()
    clock = virtualClock()
    gateway = new FakeGateway()
    server = await clock.run(serveOn(store, coffee, { clock, services: () => [provide(PaymentGateway, gateway)] }))
  })

  afterEach(async () => {
    await clock.run(server.stop())
    dispose()
    vi.unstubAllEnvs()
  })

  const place = async (): Promise<string> => {
    const order = { coffeeId: '1', customerId: 'ada-1', customerName: 'Ada' }
    return (await clock.run(server.send('POST', '/order', order))).body.id
  }
  const pay = (orderId: string) => clock.run(server.send('POST', '/payment', { orderId }))
  const settled = async (id: string) => {
    await clock.run(server.runtime.settled())
    return (await clock.run(server.get(`/order/${id}`))).body
  }

  test('is over when it has passed, and not before', async () => {
    const id = await place()
    await clock.advance(MINUTE - 1000)
    expect(await settled(id)).toMatchObject({ status: 'ORDER_CREATED' })
    await clock.advance(2000)
    expect(await settled(id)).toMatchObject({ status: 'ORDER_CANCELLED', note: 'Not paid in time' })
    expect((await pay(id)).status).toBe(409)
  })

  test('is over although the application was down for an hour', async () => {
    const id = await place()
    await settled(id)
    await clock.run(server.stop())
    await clock.advance(60 * MINUTE)
    await clock.run(server.restart())
    await clock.advance(1000)
    expect(await settled(id)).toMatchObject({ status: 'ORDER_CANCELLED' })
  })

  test('has no end for an order that is paid', async () => {
    const id = await place()
    await pay(id)
    await settled(id)
    expect(await server.runtime.operations.timers()).toEqual([])
    await clock.advance(2 * MINUTE)
    expect(await settled(id)).toMatchObject({ status: 'ORDER_IN_PROGRESS' })
  })

  test('may end while the card is charged: then the money is given back', async () => {
    const { way, open } = closedWay()
    gateway.way = way
    const id = await place()
    await clock.advance(MINUTE - 1000)
    await pay(id)
    await clock.advance(2000)
    open()
    expect(await settled(id)).toMatchObject({ status: 'ORDER_CANCELLED', paymentStatus: 'PAYMENT_REFUNDED' })
    expect(gateway.kinds()).toEqual(['charge', 'refund'])
  })
})
