import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  after,
  aggregate,
  app,
  cancel,
  type Duration,
  implementationsOf,
  milliseconds,
  policy,
  provide,
  service,
  stepsOf,
} from './index.ts'

const Order = aggregate('order', { events: { Placed: z.object({}) }, initialState: null })
  .evolve({ Placed: (state) => state })
  .commands({ cancel: { input: z.object({ note: z.string() }), decide: () => undefined } })

const expire = Order.commands.cancel('order-1', { note: 'Not paid' })

describe('a duration', () => {
  test.each<[Duration, number]>([
    ['100 ms', 100],
    ['1 second', 1000],
    ['90 seconds', 90_000],
    ['1 minute', 60_000],
    ['15 minutes', 900_000],
    ['2 hours', 7_200_000],
    ['1 day', 86_400_000],
    ['1.5 days', 129_600_000],
    ['0 seconds', 0],
  ])('%s is %d milliseconds', (duration, expected) => {
    expect(milliseconds(duration)).toBe(expected)
  })

  test.each([
    '',
    '15',
    'minutes',
    '15minutes',
    '15  minutes',
    '-1 days',
    '1e3 days',
    '5 mss',
    '1 week',
    'NaN days',
    ' 1 day',
  ])('is not %j', (text) => {
    expect(() => milliseconds(text as Duration)).toThrow(RangeError)
    expect(() => milliseconds(text as Duration)).toThrow(`'${text}' is no duration: write a number and`)
  })

  test('is not longer than can be counted', () => {
    expect(() => milliseconds(`${'9'.repeat(20)} days` as Duration)).toThrow('is no duration')
  })
})

describe('a step', () => {
  test('is a command later, under a key', () => {
    expect(after('15 minutes', expire, { key: 'order-1' })).toEqual({
      kind: 'after',
      milliseconds: 900_000,
      command: expire,
      key: 'order-1',
    })
    expect(() => after('soon' as Duration, expire, { key: 'order-1' })).toThrow("'soon' is no duration")
  })

  test('is a timer that is cancelled', () => {
    expect(cancel('order-1')).toEqual({ kind: 'cancel', key: 'order-1' })
  })

  test('is one of several, or the only one, or there is none', () => {
    expect(stepsOf([expire, cancel('a')])).toEqual([expire, { kind: 'cancel', key: 'a' }])
    expect(stepsOf(expire)).toEqual([expire])
    expect(stepsOf(undefined)).toEqual([])
  })
})

describe('a policy', () => {
  test('has thirty seconds and ten attempts, begins at the end, and does nothing about rejections', () => {
    expect(policy('expiry')).toMatchObject({
      ...{ kind: 'policy', name: 'expiry', services: {}, handlers: [] },
      ...{ timeout: '30 seconds', attempts: 10, from: 'end', onRejected: undefined },
    })
  })

  test('has what it is given, and keeps it when handlers are added', () => {
    const onRejected = () => undefined
    const options = { timeout: '5 minutes', attempts: 3, from: 'start', onRejected } as const
    const made = policy('expiry', options).on(Order, { Placed: () => expire })
    expect(made).toMatchObject(options)
    expect(made.handlers).toMatchObject([{ aggregate: Order, eventType: 'Placed' }])
  })
})

describe('a service', () => {
  const Gateway = service<{ charge(): string }>('gateway')
  const Mail = service<{ send(): void }>('mail')
  const gateway = { charge: () => 'receipt' }

  test('is found by the name that the policy gives it', () => {
    const provisions = [provide(Mail, { send: () => undefined }), provide(Gateway, gateway)]
    expect(implementationsOf("policy 'pay'", { bank: Gateway }, provisions)).toEqual({ bank: gateway })
  })

  test('has to be provided, once', () => {
    expect(() => implementationsOf("policy 'pay'", { bank: Gateway }, [])).toThrow(
      "The policy 'pay' calls the service 'gateway', which is not there: give it as services: [provide(…)]",
    )
    expect(() =>
      implementationsOf("policy 'pay'", { bank: Gateway }, [provide(Gateway, gateway), provide(Gateway, gateway)]),
    ).toThrow("The service 'gateway' is provided twice")
  })

  test('is listed by the application, once however many call it', () => {
    const policies = [
      policy('pay', { services: { bank: Gateway, mail: Mail } }),
      policy('refund', { services: { gateway: Gateway } }),
    ]
    expect(app('shop', { routes: {}, policies }).services).toEqual([Gateway, Mail])
    expect(app('shop', { routes: {} }).services).toEqual([])
  })
})
