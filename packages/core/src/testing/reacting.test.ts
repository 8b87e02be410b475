import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { after, aggregate, cancel, policy, provide, reject, service } from '../definitions/index.ts'
import { history, reacting } from './index.ts'

const Order = aggregate('order', {
  events: { Placed: z.object({ by: z.string() }), Paid: z.object({}) },
  initialState: null,
})
  .evolve({ Placed: (state) => state, Paid: (state) => state })
  .commands({ cancel: { input: z.object({ note: z.string().min(1) }), decide: () => undefined } })

const Payment = aggregate('payment', {
  events: { Created: z.object({ cents: z.int() }), Failed: z.object({}) },
  initialState: null,
})
  .evolve({ Created: (state) => state, Failed: (state) => state })
  .commands({ settle: { input: z.object({ receipt: z.string() }), decide: () => undefined } })

const Gateway = service<{ charge(cents: number, key: string): Promise<string> }>('payment-gateway')

const charge = policy('charge', {
  services: { gateway: Gateway },
  onRejected: ({ rejection, event }) => Order.commands.cancel(event.aggregateId, { note: rejection.code }),
})
  .on(Payment, {
    Created: async ({ aggregateId, data }, { gateway }, { idempotencyKey }) =>
      Payment.commands.settle(aggregateId, { receipt: await gateway.charge(data.cents, idempotencyKey) }),
  })
  .on(Order, {
    Placed: ({ aggregateId, data }) => [
      Payment.commands.settle.create({ receipt: data.by }),
      after('15 minutes', Order.commands.cancel(aggregateId, { note: 'Not paid' }), { key: aggregateId }),
    ],
    Paid: ({ aggregateId }) => cancel(aggregateId),
  })

function gateway() {
  const charged: [cents: number, key: string][] = []
  const charging = async (cents: number, key: string) => {
    charged.push([cents, key])
    return `receipt-${charged.length}`
  }
  return { charged, services: [provide(Gateway, { charge: charging })] }
}

const created = Payment.event('Created', { cents: 370 })

describe('a policy under test', () => {
  test('answers commands, with what its services gave', async () => {
    const { services, charged } = gateway()
    expect(await reacting(charge, { services }).to(Payment, 'payment-1', created)).toEqual([
      { aggregate: 'payment', command: 'settle', id: 'payment-1', input: { receipt: 'receipt-1' } },
    ])
    expect(charged).toEqual([[370, expect.any(String)]])
  })

  test('answers commands for new aggregates, timers, and timers that are cancelled, in order', async () => {
    const policy = reacting(charge, gateway())
    const steps = await policy.to(Order, 'order-1', Order.event('Placed', { by: 'Ada' }), Order.event('Paid', {}))
    expect(steps).toEqual([
      { aggregate: 'payment', command: 'settle', input: { receipt: 'Ada' } },
      {
        timer: 'order-1',
        after: 900_000,
        command: { aggregate: 'order', command: 'cancel', id: 'order-1', input: { note: 'Not paid' } },
      },
      { timer: 'order-1', cancelled: true },
    ])
    expect(steps[0]).not.toHaveProperty('id')
  })

  test('answers nothing to what it does not react to', async () => {
    expect(await reacting(charge, gateway()).to(Payment, 'payment-1', Payment.event('Failed', {}))).toEqual([])
  })

  test('answers to the rejection of its commands', async () => {
    const rejection = reject('closed', 'It is closed')
    const steps = await reacting(charge, gateway()).toRejection(
      rejection,
      Payment.commands.settle('payment-1', { receipt: 'r' }),
      history(Payment, 'payment-1', [created]),
    )
    expect(steps).toEqual([{ aggregate: 'order', command: 'cancel', id: 'payment-1', input: { note: 'closed' } }])
  })

  test('has one key for one event, at every attempt, and another for another', async () => {
    const { services, charged } = gateway()
    await reacting(charge, { services }).to(Payment, 'payment-1', created, created)
    await reacting(charge, { services, attempt: 2 }).to(Payment, 'payment-1', created)
    const keys = charged.map(([, key]) => key)
    expect(keys[2]).toBe(keys[0])
    expect(keys[1]).not.toBe(keys[0])
  })

  test('is told the attempt, and may be stopped', async () => {
    const seen: unknown[] = []
    const patient = policy('patient').on(Order, {
      Paid: (_, __, { attempt, signal }) => {
        seen.push(attempt, signal.aborted)
        return undefined
      },
    })
    await reacting(patient).to(Order, 'order-1', Order.event('Paid', {}))
    await reacting(patient, { attempt: 3, signal: AbortSignal.abort() }).to(Order, 'order-1', Order.event('Paid', {}))
    expect(seen).toEqual([1, false, 3, true])
  })
})

describe('a test of a policy fails when', () => {
  const answering = (answer: unknown) =>
    reacting(policy('odd').on(Order, { Paid: () => answer as never })).to(Order, 'order-1', Order.event('Paid', {}))

  test('a service is missing', () => {
    expect(() => reacting(charge)).toThrow(
      "The policy 'charge' calls the service 'payment-gateway', which is not there",
    )
  })

  test('a command could not be executed', async () => {
    await expect(answering(Order.commands.cancel('order-1', { note: '' }))).rejects.toThrow(
      /'odd' answered with 'cancel' of 'order', but its input does not fit:.*at note/s,
    )
    await expect(answering(Order.commands.cancel('no id', { note: 'x' }))).rejects.toThrow(
      "'odd' answered with 'cancel' of 'order', but 'no id' cannot be the id of an aggregate",
    )
    const later = after('1 day', Order.commands.cancel('order-1', { note: '' }), { key: 'a' })
    await expect(answering([later])).rejects.toThrow('its input does not fit')
  })

  test('an answer is no step', async () => {
    await expect(answering(Order.event('Paid', {}))).rejects.toThrow(/'odd' answered with what is no command: .*Paid/)
  })

  test('an event could not have been recorded', async () => {
    const wrong = { type: 'Created', data: { cents: 'much' } } as never
    await expect(reacting(charge, gateway()).to(Payment, 'payment-1', wrong)).rejects.toThrow('does not fit its schema')
  })

  test('a handler throws, or changes the event', async () => {
    const broken = policy('broken').on(Payment, {
      Created: (event) => {
        ;(event.data as { cents: number }).cents = 0
        return undefined
      },
      Failed: () => {
        throw new Error('no network')
      },
    })
    await expect(reacting(broken).to(Payment, 'p', created)).rejects.toThrow('read only')
    await expect(reacting(broken).to(Payment, 'p', Payment.event('Failed', {}))).rejects.toThrow('no network')
  })

  test('it is asked about the rejection of a command that nothing led to', async () => {
    const asked = reacting(charge, gateway()).toRejection(
      reject('closed', 'It is closed'),
      Payment.commands.settle('p', { receipt: 'r' }),
      history(Payment, 'p', []),
    )
    await expect(asked).rejects.toThrow("The history of 'payment-p' is empty")
  })
})
