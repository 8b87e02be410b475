import { expect, test } from 'vitest'
import { pagesNamed, prefixesOf } from './targets.ts'

const aggregates = ['order', 'payment'].map((name) => ({ name, raw: false, events: [] }))
const coffee = { name: 'coffee', title: 'Coffee', base: '/coffee', projections: ['orders'], policies: [], aggregates }

test('an id is looked for in every aggregate, a name only where it begins', () => {
  expect(prefixesOf('0192', coffee)).toEqual(['0192', 'order-0192', 'payment-0192'])
  expect(prefixesOf('order-0192', coffee)).toEqual(['order-0192'])
  expect(prefixesOf('ord', coffee)).toEqual(['ord'])
})

test('pages are found by a part of their name', () => {
  const found = pagesNamed('ORD', [coffee], 'coffee')
  expect(found).toEqual([{ name: 'orders', kind: 'projection of coffee', href: '#/coffee/projections/orders' }])
  expect(pagesNamed('', [coffee], 'coffee').map(({ name }) => name)).toContain('Dead letters')
})
