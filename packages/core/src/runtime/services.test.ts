import { expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, policy, provide, service } from '../definitions/index.ts'
import { type Logger, silentLogger } from '../ports/index.ts'
import { provideServices } from './services.ts'
import { World } from './world.fixture.ts'

const Gateway = service<{ charge(): void }>('payment-gateway')
const Mailer = service<{ send(): void }>('mailer')
const Unknown = service<object>('unknown')

const Payment = aggregate('payment', { events: { Created: z.object({}) }, initialState: 0 })
  .evolve({ Created: (count) => count })
  .commands({})

const charge = policy('charge', { services: { gateway: Gateway } }).on(Payment, { Created: () => undefined })
const inform = policy('inform', { services: { mailer: Mailer, gateway: Gateway } }).on(Payment, {
  Created: () => undefined,
})
const shop = app('shop', { routes: {}, policies: [charge, inform] })
const gateway = { charge: () => {} }
const mailer = { send: () => {} }

test('each policy is given its services, by the names that it calls them by', () => {
  const implementationsFor = provideServices(shop, [provide(Mailer, mailer), provide(Gateway, gateway)], silentLogger)
  expect(implementationsFor(charge)).toEqual({ gateway })
  expect(implementationsFor(inform)).toEqual({ gateway, mailer })
})

test('an application does not start without its services, and all that are missing are named at once', async () => {
  const world = await World.make()
  await expect(world.start(shop)).rejects.toMatchObject({
    name: 'DefinitionError',
    message: expect.stringMatching(/'payment-gateway': nothing provides it.*\n.*'mailer': nothing provides it/),
  })
})

test('one that is provided twice is refused', () => {
  const twice = [provide(Mailer, mailer), provide(Mailer, mailer), provide(Gateway, gateway)]
  expect(() => provideServices(shop, twice, silentLogger)).toThrow("'mailer': it is provided 2 times")
})

test('one that nobody declares is only worth a warning', () => {
  const warned: unknown[] = []
  const logger: Logger = { ...silentLogger, warn: (fields) => warned.push(fields) }
  provideServices(shop, [provide(Unknown, {}), provide(Mailer, mailer), provide(Gateway, gateway)], logger)
  expect(warned).toEqual([{ service: 'unknown' }])
})
