import { expect, test } from 'vitest'
import * as names from './names.ts'

const long = 'a-policy-whose-name-says-all-that-it-does-and-more-than-anybody-wanted-to-know'

test('names say what they are of', () => {
  expect(names.eventsTable('weir-dev', 'coffee')).toBe('weir-dev-coffee-events')
  expect(names.indexTable('weir-dev', 'coffee')).toBe('weir-dev-coffee-index')
  expect(names.doorbellTopic('weir-dev', 'coffee')).toBe('weir-dev-coffee.fifo')
  expect(names.consumerQueue('weir-dev', 'coffee', 'orders')).toBe('weir-dev-coffee_orders.fifo')
  expect(names.timerQueue('weir-dev', 'coffee', 'charge-card')).toBe('weir-dev-coffee_charge-card_timers')
  expect(names.consumerFunction('weir-dev', 'coffee', 'orders')).toBe('weir-dev-coffee_orders')
  expect(names.publisherFunction('weir-dev', 'coffee')).toBe('weir-dev-coffee-publisher')
})

test('no two consumers have one name, wherever their hyphens stand', () => {
  expect(names.consumerQueue('weir', 'a', 'b-c')).not.toBe(names.consumerQueue('weir', 'a-b', 'c'))
  expect(names.consumerFunction('weir', 'a', 'publisher')).not.toBe(names.publisherFunction('weir', 'a'))
})

test('names that are too long are cut, and still differ', () => {
  const queues = [
    names.consumerQueue('weir-dev', 'coffee', long),
    names.consumerQueue('weir-dev', 'coffee', `${long}-2`),
  ]
  expect(new Set(queues).size).toBe(2)
  for (const queue of queues) expect(queue).toMatch(/^.{75}\.fifo$/)
  expect(names.timerQueue('weir-dev', 'coffee', long)).toHaveLength(80)
  expect(names.consumerFunction('weir-dev', 'coffee', long)).toHaveLength(64)
})
