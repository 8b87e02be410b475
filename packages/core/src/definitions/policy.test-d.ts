import { expectTypeOf } from 'vitest'
import { policy, service } from './index.ts'
import { Order, Payment } from './shop.test-d.ts'

/** What the compiler knows of a policy, and what it refuses. */

interface Receipt {
  readonly number: string
}

const Gateway = service<{ charge(cents: number): Promise<Receipt> }>('payment-gateway')
const Mail = service<{ send(to: string): void }>('mail')

const pay = () => policy('pay', { services: { gateway: Gateway, mail: Mail } })

// Reactions know the event and the declared services; they answer one command, several, or none, at once or later.
pay()
  .on(Payment, {
    Created: async (event, services) => {
      expectTypeOf(event.type).toEqualTypeOf<'Created'>()
      expectTypeOf(event.data).toEqualTypeOf<{ orderId: string; cents: number }>()
      expectTypeOf(services.gateway.charge).toEqualTypeOf<(cents: number) => Promise<Receipt>>()
      expectTypeOf(services.mail.send).toEqualTypeOf<(to: string) => void>()
      const { number } = await services.gateway.charge(event.data.cents)
      return Order.commands.cancel(event.data.orderId, { reason: number })
    },
  })
  .on(Order, { Paid: () => undefined, Cancelled: (event) => [Order.commands.cancel(event.aggregateId, event.data)] })

// @ts-expect-error: there is no such event
pay().on(Order, { Refunded: () => undefined })

// @ts-expect-error: the data of Paid has no 'euros'
pay().on(Order, { Paid: (event) => Order.commands.cancel('a', { reason: event.data.euros }) })

// @ts-expect-error: the service is not declared
policy('pay', { services: { mail: Mail } }).on(Order, { Paid: (_, { gateway }) => gateway.charge(5) })

// @ts-expect-error: a policy without services has none
policy('pay').on(Order, { Paid: (_, { gateway }) => gateway })

// @ts-expect-error: a policy answers commands, not events
pay().on(Order, { Paid: () => Order.event('Cancelled', { reason: 'paid' }) })
