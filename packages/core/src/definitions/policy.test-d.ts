import { expectTypeOf } from 'vitest'
import {
  after,
  type CommandMessage,
  cancel,
  type Duration,
  type Provision,
  policy,
  provide,
  type ReactionContext,
  type RecordedEvent,
  type Rejection,
  service,
} from './index.ts'
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

// Steps are commands, commands for later, and timers that are cancelled, one or several.
pay().on(Order, {
  Placed: (event, _, context) => {
    expectTypeOf(context).toEqualTypeOf<ReactionContext>()
    expectTypeOf(context.idempotencyKey).toEqualTypeOf<string>()
    expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>()
    const expire = Order.commands.cancel(event.aggregateId, { reason: 'not paid' })
    return [after('15 minutes', expire, { key: event.aggregateId }), cancel('another'), expire]
  },
  Paid: (event) => cancel(event.aggregateId),
})

const expire = Order.commands.cancel('order-1', { reason: 'not paid' })
// @ts-expect-error: no duration
after('15', expire, { key: 'a' })
// @ts-expect-error: no unit of a duration
after('2 weeks', expire, { key: 'a' })
// @ts-expect-error: a timer has a key
after('2 days', expire)
// @ts-expect-error: an event is no command
after('2 days', Order.event('Paid', { cents: 5 }), { key: 'a' })
expectTypeOf<'1 day' | '100 ms' | '1.5 hours'>().toExtend<Duration>()

// What is done about a rejection knows the services, too.
policy('pay', {
  services: { gateway: Gateway },
  timeout: '5 minutes',
  attempts: 3,
  from: 'start',
  onRejected: async ({ rejection, command, event }, services, context) => {
    expectTypeOf(rejection).toEqualTypeOf<Rejection>()
    expectTypeOf(command).toEqualTypeOf<CommandMessage>()
    expectTypeOf(event).toEqualTypeOf<RecordedEvent>()
    expectTypeOf(context).toEqualTypeOf<ReactionContext>()
    const { number } = await services.gateway.charge(5)
    return Order.commands.cancel(event.aggregateId, { reason: number })
  },
}).on(Order, { Paid: () => undefined })

// @ts-expect-error: the service is not declared
policy('pay', { services: { mail: Mail }, onRejected: (_, { gateway }) => gateway.charge(5) })
// @ts-expect-error: a policy without services has none
policy('pay', { onRejected: (_, { gateway }) => gateway })
// @ts-expect-error: no duration
policy('pay', { timeout: 'soon' })
// @ts-expect-error: it begins at the start or not
policy('pay', { from: 'now' })

// A service is provided by what does its work.
expectTypeOf(provide(Mail, { send: () => undefined })).toExtend<Provision>()
// @ts-expect-error: a receipt has a number
provide(Gateway, { charge: async () => ({ id: 5 }) })
// @ts-expect-error: this does not charge
provide(Gateway, { send: () => undefined })
