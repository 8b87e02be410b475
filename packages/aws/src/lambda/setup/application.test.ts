import { expect, test } from 'vitest'
import { aggregate, app, EventBus, policy, provide, route, service, withPublicEvents } from 'weir'
import * as z from 'zod'
import { appNamed, servicesOf } from './application.ts'

const Scale = service<{ weigh(): number }>('scale')
const Order = aggregate('order', { events: { Placed: z.object({}) }, initialState: 0, public: ['Placed'] })
  .evolve({ Placed: (count) => count + 1 })
  .commands({ place: { input: z.object({}), decide: () => ({ type: 'Placed', data: {} }) } })
const weigh = policy('weigh', { services: { scale: Scale } }).on(Order, { Placed: () => undefined })
const routes = { 'PUT /orders/:id': route(Order.commands.place, { status: 200 }) }
const cafe = app('cafe', { routes, policies: [weigh] })
const bus: EventBus = { publish: async () => {} }
const scale = provide(Scale, { weigh: () => 7 })

const names = async (application: Record<string, unknown>) => {
  const services = await servicesOf(application, { TRACING: 'true' }, bus)
  return services(appNamed(application, 'cafe')).map((each) => each.service.name)
}

test('an application with public events has the policy that tells of them, once', () => {
  for (const given of [cafe, withPublicEvents(cafe)]) {
    const { policies } = appNamed({ given }, 'cafe')
    expect(policies.map(({ name }) => name)).toEqual(['weigh', 'public-events'])
  }
})

test('services are a list, or made of the environment; the bus is added, unless the author has one', async () => {
  expect(await names({ cafe, services: [scale] })).toEqual(['scale', 'event-bus'])
  const make = ({ environment }: { environment: Record<string, string> }) => (environment.TRACING ? [scale] : [])
  expect(await names({ default: cafe, services: make })).toEqual(['scale', 'event-bus'])
  expect(await names({ cafe, services: [provide(EventBus, bus), scale] })).toEqual(['event-bus', 'scale'])
})

test('what is missing or wrong is named', async () => {
  expect(() => appNamed({ cafe }, 'bar')).toThrow("no application 'bar', but cafe")
  await expect(servicesOf({ cafe, services: { scale: 7 } }, {}, bus)).rejects.toThrow('gives no list of services')
})
