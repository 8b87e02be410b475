import { expect, test } from 'vitest'
import { derivedIdOf } from './index.ts'

const payment = { name: 'payment' }

test('a derived id is the same for ever: it names streams that are recorded', () => {
  expect(derivedIdOf(payment, 'order-1')).toBe('8630de7f-3744-5a4d-a998-584b9402b157')
})

test('a derived id is another one for another value, and for another aggregate', () => {
  const ids = [
    derivedIdOf(payment, 'order-1'),
    derivedIdOf(payment, 'order-2'),
    derivedIdOf({ name: 'refund' }, 'order-1'),
  ]
  expect(new Set(ids).size).toBe(3)
})
