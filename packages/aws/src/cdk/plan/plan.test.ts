import { describe, expect, test } from 'vitest'
import { app } from 'weir'
import { shop } from '../shop.fixture.ts'
import { plan } from './plan.ts'

const other = app('other', { routes: {} })
const planned = plan([shop], { prefix: 'weir-dev' })
const functionNamed = (name: string) => {
  const found = planned.functions.find((one) => one.name === `weir-dev-${name}`)
  if (!found) throw new Error(`no function ${name}`)
  return found
}
const mayOn = (name: string) => Object.fromEntries(functionNamed(name).rights.map(({ on, actions }) => [on, actions]))

describe('a plan', () => {
  test('is the same for the same definitions', () => {
    expect(plan([shop], { prefix: 'weir-dev' })).toEqual(planned)
  })

  test('serves a single application at the root, several below their names', () => {
    expect(planned.apps.map(({ base }) => base)).toEqual([''])
    expect(plan([shop, other], { prefix: 'weir' }).apps.map(({ base }) => base)).toEqual(['/shop', '/other'])
  })

  test('is refused without an application, and with two of one name', () => {
    expect(() => plan([], { prefix: 'weir' })).toThrow('There is no application')
    expect(() => plan([shop, shop], { prefix: 'weir' })).toThrow('the same name')
  })

  test('is refused when its functions could not be told of all applications', () => {
    const many = Array.from({ length: 40 }, (_, index) => app(`shop-number-${index}`, { routes: {} }))
    expect(() => plan(many, { prefix: 'weir' })).toThrow('make two installations')
  })

  test.each(['', '1st', 'a--b', 'ends-', 'under_score', 'x'.repeat(41)])('is refused with the prefix %j', (prefix) => {
    expect(() => plan([shop], { prefix })).toThrow('begins the names of all resources')
  })

  test('rings a consumer for the aggregates that feed it', () => {
    const aggregates = planned.apps[0]?.consumers.map(({ name, aggregates: fed }) => [name, fed])
    expect(aggregates).toEqual([
      ['orders', ['order', 'parcel']],
      ['send-parcel', ['order']],
      ['remind', ['parcel']],
      ['public-events', ['parcel']],
    ])
  })

  test('gives a policy time for two calls of its handlers, and hides its messages six times as long', () => {
    expect(functionNamed('shop_send-parcel').timeoutSeconds).toBe(240)
    expect(planned.apps[0]?.consumers[1]?.visibilitySeconds).toBe(1440)
  })

  test('leads what changes read models to operations', () => {
    expect(planned.operations).toEqual([
      { method: 'ANY', path: '/ops' },
      { method: 'ANY', path: '/ops/{proxy+}' },
      { method: 'POST', path: '/orders/rebuild' },
      { method: 'POST', path: '/graphql' },
    ])
  })

  test('knows which services need an endpoint, and that policies may need the internet', () => {
    expect(planned.services).toEqual(['events', 'secretsmanager', 'sqs', 'states'])
    expect(planned.internet).toBe(true)
    expect(plan([other], { prefix: 'weir' }).internet).toBe(false)
  })
})

describe('rights', () => {
  test('of a projection are to read the store, and never to write it', () => {
    const actions = functionNamed('shop_orders').rights.flatMap((right) => right.actions)
    expect(actions.filter((action) => /Put|Insert|Update|Delete(?!Message)/.test(action))).toEqual([])
    expect(mayOn('shop_orders')['database/writer']).toEqual(['rds-db:connect'])
  })

  test('of the API are to read the database, of operations to write it', () => {
    expect(mayOn('api')).not.toHaveProperty('database/writer')
    expect(mayOn('api')).toHaveProperty('database/reader')
    expect(mayOn('operations')).not.toHaveProperty('database/reader')
    expect(mayOn('api')).not.toHaveProperty('secret/operator-key')
  })

  test('of a policy are to append, and to wake itself later', () => {
    expect(mayOn('shop_remind')['table/shop/events']).toContain('dynamodb:PutItem')
    expect(mayOn('shop_remind')['timers/shop/remind']).toContain('sqs:SendMessage')
  })

  test('of the policy that tells of public events are to put them on the bus', () => {
    const telling = planned.functions.filter(({ rights }) => rights.some(({ on }) => on === 'bus/public'))
    expect(telling.map(({ consumer }) => consumer)).toEqual(['public-events'])
    expect(telling[0]?.environment.EVENT_BUS_NAME).toBe('{bus/public}')
    expect(plan([other], { prefix: 'weir' }).publishes).toBe(false)
  })

  test('of one application never reach into another', () => {
    const two = plan([shop, other], { prefix: 'weir' })
    const own = two.functions.filter(({ app: of }) => of === 'shop').flatMap(({ rights }) => rights.map(({ on }) => on))
    expect(own.filter((on) => on.includes('/other'))).toEqual([])
  })

  test('are none on the database where there is no way to it', () => {
    for (const { inVpc, rights, environment } of planned.functions.filter((one) => !one.inVpc)) {
      expect(inVpc).toBe(false)
      expect(rights.filter(({ on }) => on.startsWith('database') || on.startsWith('secret'))).toEqual([])
      expect(environment).not.toHaveProperty('DATABASE_HOST')
    }
  })
})
