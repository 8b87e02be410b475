import { onEachEngine, tickingClock } from '@weir-examples/harness'
import { expect, test } from 'vitest'
import { provide } from 'weir'
import type { Causation } from 'weir/runtime'
import { customersOf } from './customers.fixture.ts'
import { FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'

onEachEngine(
  coffee,
  (server) => {
    const { place, pay, paidOrder, close, settled } = customersOf(server)

    test('an order can be seen as it was after each event of it, of its payment and of its fulfilment', async () => {
      const { id, paymentId, fulfilmentId } = await paidOrder()
      await close(fulfilmentId)
      const order = await settled(`/order/${id}`)
      const { complete, steps } = await server().runtime.operations.documentHistory('orders', id)
      expect(complete).toBe(true)
      expect(steps.at(-1)?.document).toEqual(order)
      expect(new Set(steps.map(({ stream }) => stream))).toEqual(
        new Set([`order-${id}`, `payment-${paymentId}`, `fulfilment-${fulfilmentId}`]),
      )
      const statusOf = ({ document }: (typeof steps)[number]) => (document as { status: string }).status
      expect([...new Set(steps.map(statusOf))]).toEqual(['ORDER_CREATED', 'ORDER_IN_PROGRESS', 'ORDER_COMPLETED'])
    })

    test('payment, charge, confirmation and fulfilment are one story, from any of its events', async () => {
      const orderId = await place()
      const paymentId = await pay(orderId)
      const { fulfilmentId } = await settled(`/order/${orderId}`)
      const { operations } = server().runtime
      const stories = await Promise.all(
        [
          [`payment-${paymentId}`, 1],
          [`payment-${paymentId}`, 2],
          [`order-${orderId}`, 2],
          [`fulfilment-${fulfilmentId}`, 1],
        ].map(([stream, version]) => operations.causation(stream as string, version as number)),
      )
      for (const story of stories) {
        expect(story.truncated).toBe(false)
        expect(chainOf(story)).toEqual([
          'request',
          'payment.create',
          'Created',
          'charge-card',
          'payment.settle',
          'Succeeded',
          'take-payment-result',
          'order.confirmPayment',
          'PaymentConfirmed',
          'fulfil-order',
          'fulfilment.create',
          'Created',
        ])
        expect(story.edges).toHaveLength(story.nodes.length - 1)
      }
    })

    test('whoever watches sees all of it as it happens, once, also when they leave and come again', async () => {
      const { operations } = server().runtime
      const wake = Promise.withResolvers<void>()
      let tail = await operations.tail({}, undefined, wake.resolve)
      await paidOrder()
      await wake.promise
      const seen: string[] = []
      while (seen.length < 5) {
        const item = await tail.next()
        if (item && 'event' in item) seen.push(`${item.event.stream.split('-')[0]}@${item.event.version}`)
        tail.end()
        tail = await operations.tail({}, tail.place, () => {})
      }
      expect(seen.sort()).toEqual(['fulfilment@1', 'order@1', 'order@2', 'payment@1', 'payment@2'])
      expect(await tail.next()).toBeUndefined()
      tail.end()
    })

    test('an order that is not paid yet waits for its time to be over', async () => {
      const orderId = await place()
      await server().runtime.settled()
      const { nodes } = await server().runtime.operations.causation(`order-${orderId}`, 1)
      const [due] = (await server().runtime.operations.timers()).map((timer) => timer.due)
      expect(nodes.at(-1)).toMatchObject({ label: 'payment-deadline', status: 'waiting', due })
    })
  },
  { clock: tickingClock('2030-05-01T08:00:00.000Z'), services: () => [provide(PaymentGateway, new FakeGateway())] },
)

/** What leads to the last command and its event, from the beginning. */
function chainOf({ nodes, edges }: Causation): string[] {
  const chain = [nodes.filter(({ kind }) => kind === 'event').find(({ stream }) => stream?.startsWith('fulfilment-'))]
  for (let [first] = chain; first; [first] = chain) {
    const { id } = first
    const edge = edges.find(({ to }) => to === id)
    chain.unshift(nodes.find((node) => node.id === edge?.from))
  }
  return chain.flatMap((node) => (node ? [node.kind === 'request' ? 'request' : node.label] : []))
}
