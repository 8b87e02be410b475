import { expect, test } from 'vitest'
import { routerOf } from './routes.ts'

const keys = ['$default', 'ANY /ops/{proxy+}', 'GET /orders/{id}', 'GET /orders/open', 'ANY /orders/{id}', 'POST /a.b']
const route = routerOf(keys.map((key) => ({ key, target: key })))

test.each([
  ['GET', '/orders/open', 'GET /orders/open', {}],
  ['GET', '/orders/7', 'GET /orders/{id}', { id: '7' }],
  ['POST', '/orders/7', 'ANY /orders/{id}', { id: '7' }],
  ['GET', '/ops/coffee/policies', 'ANY /ops/{proxy+}', { proxy: 'coffee/policies' }],
  ['GET', '/ops', '$default', {}],
  ['POST', '/axb', '$default', {}],
])('%s %s goes to %s', (method, path, key, parameters) => {
  expect(route(method, path)).toEqual({ key, target: key, parameters })
})

test('without a default, what no route fits goes nowhere', () => {
  expect(routerOf([{ key: 'GET /', target: 1 }])('GET', '/other')).toBeUndefined()
})
