import { engines, type Killable, killable, type Store } from '@weir-examples/harness'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CommandMessage, derivedIdOf, provide } from 'weir'
import { type Runtime, startRuntime } from 'weir/runtime'
import { seededIdentity, type VirtualClock, virtualClock } from 'weir/testing'
import type * as z from 'zod'
import { Fulfilment } from './fulfilment.ts'
import { FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'
import { Order } from './order.ts'
import { Payment, type PaymentMethod } from './payment.ts'
import { Fulfilments, type OrderDocument, Orders } from './read-models.ts'

/** Something that happens, and how many milliseconds later the next thing does; undefined: at once. */
interface Happening {
  readonly what: What
  readonly order: string
  readonly pause: number | undefined
}

type What =
  | 'place'
  | 'cancel'
  | 'complete'
  | 'reject'
  /** The gateway tells once more what it has answered. */
  | 'tell'
  | 'restart'
  | 'kill'
  | { readonly pay: z.output<typeof PaymentMethod> }

const pay = (method: z.output<typeof PaymentMethod>): What => ({ pay: method })

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 5, arbitrary: fc.constant<What>('place') },
    { weight: 6, arbitrary: fc.constantFrom(pay('card_ok'), pay('card_ok'), pay('card_slow'), pay('card_declined')) },
    { weight: 5, arbitrary: fc.constantFrom<What>('cancel', 'complete', 'reject', 'tell') },
    { weight: 1, arbitrary: fc.constantFrom<What>('restart', 'kill') },
  ),
  order: fc.constantFrom('one', 'two', 'three'),
  pause: fc.oneof(fc.constant(undefined), fc.constantFrom(0, 1, 50), fc.nat(5000), fc.nat(200_000)),
})

/** How bad the way to the gateway is. */
interface Weather {
  /** How likely a call is to fail, on its way there and on its way back. */
  readonly failing: number
  /** The longest that one way takes: a policy waits half a minute for both of them. */
  readonly slowest: number
}

const weather: fc.Arbitrary<Weather> = fc.record({
  failing: fc.constantFrom(0, 0.1, 0.25),
  slowest: fc.constantFrom(0, 100, 25_000),
})

const CALM: Weather = { failing: 0, slowest: 0 }

/** A coffee shop that is killed and started again, with the world around it that stays. */
class Shop {
  readonly clock: VirtualClock = virtualClock()
  readonly gateway = new FakeGateway()
  readonly #store: Store
  readonly #random: () => number
  readonly #seed: number
  #process: Killable
  #runtime: Promise<Runtime>

  constructor(store: Store, seed: number) {
    this.#store = store
    this.#seed = seed
    this.#random = seededIdentity(seed, this.clock).random
    this.#process = this.#begin()
    this.#runtime = this.#start()
  }

  set weather({ failing, slowest }: Weather) {
    this.gateway.way = async () => {
      await this.#pause(slowest)
      if (this.#random() < failing) throw new Error('The line is dead')
    }
  }

  async happen({ what, order, pause }: Happening): Promise<void> {
    if (what === 'restart') await this.restart()
    else if (what === 'kill') this.#kill()
    else if (what === 'tell') this.#tell(order)
    else this.#send(messageOf(what, order))
    if (pause !== undefined) await this.clock.advance(pause)
  }

  async restart(): Promise<void> {
    await this.clock.run(this.#runtime.then((runtime) => runtime.stop()))
    this.#runtime = this.#start()
  }

  run<T>(work: (runtime: Runtime) => Promise<T>): Promise<T> {
    return this.clock.run(this.#runtime.then(work))
  }

  #kill(): void {
    this.#process.kill()
    this.#process = this.#begin()
    this.#runtime = this.#start()
  }

  /** A process that may be killed before and after whatever it does to the store: that takes some time now and then. */
  #begin(): Killable {
    return killable(this.#store.engine, () => this.#pause(this.#random() < 0.2 ? 20 : 0))
  }

  async #pause(atMost: number): Promise<void> {
    const time = Math.floor(this.#random() * atMost)
    if (time > 0) await new Promise<void>((resolve) => this.clock.after(time, resolve))
  }

  /** Nobody waits for the answer: whoever was killed does not give one. */
  #send(message: CommandMessage): void {
    this.#runtime.then((runtime) => runtime.execute(message)).catch(onlyUnavailable)
  }

  #tell(order: string): void {
    const paymentId = derivedIdOf(Payment, order)
    for (const effect of this.gateway.effects.values()) {
      if (effect.kind === 'charge' && effect.paymentId === paymentId) {
        this.#send(Payment.commands.settle(paymentId, effect.answer))
      }
    }
  }

  #start(): Promise<Runtime> {
    const { clock, gateway } = this
    const services = [provide(PaymentGateway, gateway)]
    const identity = seededIdentity(this.#seed, clock)
    // Whatever is appended wakes who waits for it; to look more often would only take time.
    const pollInterval = 60_000
    return startRuntime(coffee, { engine: this.#process.engine, clock, identity, services, pollInterval })
  }
}

function messageOf(what: Exclude<What, 'tell' | 'restart' | 'kill'>, order: string): CommandMessage {
  if (typeof what === 'object') {
    return Payment.commands.create(derivedIdOf(Payment, order), { orderId: order, paymentMethod: what.pay })
  }
  if (what === 'place') return Order.commands.create(order, { coffeeId: '1', customerId: 'ada-1', customerName: 'Ada' })
  if (what === 'cancel') return Order.commands.cancel(order, {})
  const close = Fulfilment.commands[what === 'complete' ? 'complete' : 'reject']
  return close(derivedIdOf(Fulfilment, order), {})
}

function onlyUnavailable(error: Error): void {
  if (error.name !== 'UnavailableError') throw error
}

/** The storm is over: the time to pay runs out, and the barista makes what is still wanted. */
async function comeToRest(shop: Shop): Promise<void> {
  shop.weather = CALM
  await shop.restart()
  await shop.run((runtime) => runtime.settled())
  await shop.clock.advance(1_000_000)
  await shop.run(async (runtime) => {
    await runtime.settled()
    const { documents } = await runtime.list(Fulfilments, { limit: 1000 })
    for (const { id, orderId, status } of documents) {
      if (status !== 'FULFILMENT_CREATED') continue
      const { document: order } = await runtime.get(Orders, orderId)
      expect(order?.status, 'of an order that is to be made').toBe('ORDER_IN_PROGRESS')
      await runtime.execute(Fulfilment.commands.complete(id, {}))
    }
    await runtime.settled()
  })
}

type Ended = z.output<typeof OrderDocument>

/** Every order has come to one of its ends, and the gateway has done what belongs to it, once. */
function expectEnd(order: Ended, { effects }: FakeGateway): void {
  const paymentId = derivedIdOf(Payment, order.id)
  const done = [...effects.values()]
  const charges = done.filter((effect) => effect.kind === 'charge' && effect.paymentId === paymentId)
  const refunds = done.filter((effect) => effect.kind === 'refund' && effect.chargeId === `charge-of-${paymentId}`)
  const seen = {
    ...{ payment: order.paymentStatus, fulfilment: order.fulfilmentStatus },
    ...{ charges: charges.map(({ answer }) => 'outcome' in answer && answer.outcome), refunds: refunds.length },
  }
  const notMade = expect.toBeOneOf(['FULFILMENT_PENDING', 'FULFILMENT_REJECTED'])
  if (order.status === 'ORDER_COMPLETED') {
    const fulfilment = 'FULFILMENT_COMPLETED'
    expect(seen).toEqual({ payment: 'PAYMENT_SUCCESSFUL', fulfilment, charges: ['succeeded'], refunds: 0 })
    return
  }
  expect(order.status).toBe('ORDER_CANCELLED')
  expect(seen).toBeOneOf([
    { payment: 'PAYMENT_PENDING', fulfilment: 'FULFILMENT_PENDING', charges: [], refunds: 0 },
    { payment: 'PAYMENT_FAILED', fulfilment: 'FULFILMENT_PENDING', charges: ['declined'], refunds: 0 },
    { payment: 'PAYMENT_REFUNDED', fulfilment: notMade, charges: ['succeeded'], refunds: 1 },
    { payment: 'PAYMENT_REFUNDED', fulfilment: 'FULFILMENT_COMPLETED', charges: ['succeeded'], refunds: 1 },
  ])
}

async function play(all: readonly Happening[], conditions: Weather, seed: number): Promise<void> {
  const store = await engines.memory()
  const shop = new Shop(store, seed)
  shop.weather = conditions
  for (const each of all) await shop.happen(each)
  await comeToRest(shop)
  await shop.run(async (runtime) => {
    const { documents } = await runtime.list(Orders, { limit: 1000 })
    for (const order of documents) expectEnd(order, shop.gateway)
    const { operations } = runtime
    expect(await operations.deadLetters()).toEqual([])
    expect(await operations.timers()).toEqual([])
    await runtime.stop()
  })
}

test('every order comes to an end: made and paid, or cancelled and not paid or given back, once', {
  timeout: 120_000,
}, async () => {
  const happenings = fc.array(happening, { minLength: 1, maxLength: 30, size: 'max' })
  const property = fc.asyncProperty(happenings, weather, fc.nat(), play)
  await fc.assert(property, { numRuns: 300, seed: Number(process.env.SEED ?? 1) })
})
