import { describe, test } from 'vitest'
import { given } from 'weir/testing'
import { Item } from './item.ts'

const { append } = Item.commands

const created = Item.event('ITEM_CREATED', { itemId: 'a', amount: 5 })

describe('an event is appended', () => {
  test.each([
    created,
    Item.event('ITEM_AMOUNT_CHANGED', { itemId: 'a', amount: 0 }),
    Item.event('ITEM_DELETED', { itemId: 'never-created' }),
    { type: 'LABEL_PRINTED', data: { printer: 3, of: ['a', 'b'] } },
    { type: 'toString', data: {} },
  ])('whatever it tells: %j', (event) => {
    given(Item, [created]).when(append, event).expectEvents([event])
  })

  test.each([
    ['ITEM_CREATED', { itemId: 'a' }, ['data.amount']],
    ['ITEM_CREATED', { amount: 1 }, ['data.itemId']],
    ['ITEM_CREATED', { itemId: '', amount: -1 }, ['data.itemId', 'data.amount']],
    ['ITEM_CREATED', { itemId: 'a\0', amount: 1.5 }, ['data.itemId', 'data.amount']],
    ['ITEM_AMOUNT_CHANGED', { itemId: 7, amount: '1' }, ['data.itemId', 'data.amount']],
    ['ITEM_DELETED', {}, ['data.itemId']],
  ] as const)('unless its type is known and its data wrong: %s %j', (type, data, [field, ...fields]) => {
    given(Item, [])
      .when(append, { type, data })
      .expectInvalid(field, ...fields)
  })

  test('with a type and an object of data', () => {
    given(Item, []).when(append, { type: '', data: {} }).expectInvalid('type')
    given(Item, [])
      .when(append, { type: 'X', data: [] as unknown as Record<string, unknown> })
      .expectInvalid('data')
  })
})
