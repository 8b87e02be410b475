import { afterEach, describe, test, vi } from 'vitest'
import { history, project } from 'weir/testing'
import { Item } from './item.ts'
import { TestItems } from './read-model.ts'

const SHOWN = 'eb724435-02cb-4c68-9d7a-4b6471c5a810'

const created = (itemId: string, amount: number) => Item.event('ITEM_CREATED', { itemId, amount })
const changed = (itemId: string, amount: number) => Item.event('ITEM_AMOUNT_CHANGED', { itemId, amount })
const deleted = (itemId: string) => Item.event('ITEM_DELETED', { itemId })

afterEach(() => vi.unstubAllEnvs())

describe('the items', () => {
  test('are those that were created and not deleted, with the amount of last', async () => {
    await project(TestItems)
      .given(history(Item, SHOWN, [created('a', 1), created('b', 2), changed('a', 5), changed('a', 0), deleted('b')]))
      .expectDocuments([{ id: 'a', itemId: 'a', amount: 0 }])
  })

  test('are not changed or deleted before they are there', async () => {
    await project(TestItems)
      .given(history(Item, SHOWN, [changed('a', 5), deleted('a'), created('b', 1), deleted('b'), changed('b', 3)]))
      .expectDocuments([])
  })

  test('can be created again, which overwrites them', async () => {
    await project(TestItems)
      .given(history(Item, SHOWN, [created('a', 1), created('a', 2), created('b', 3), deleted('b'), created('b', 4)]))
      .expectDocuments([
        { id: 'a', itemId: 'a', amount: 2 },
        { id: 'b', itemId: 'b', amount: 4 },
      ])
  })

  test('are those of one stream, whatever others tell of the same items', async () => {
    await project(TestItems)
      .given(
        history(Item, SHOWN, [created('a', 1), created('b', 2), changed('a', 3)]),
        history(Item, 'another', [created('a', 7), created('c', 7), deleted('b'), changed('b', 9)]),
      )
      .expectDocuments([
        { id: 'a', itemId: 'a', amount: 3 },
        { id: 'b', itemId: 'b', amount: 2 },
      ])
  })

  test('are those of the stream that the environment names', async () => {
    vi.stubEnv('ITEMS_STREAM_ID', 'another')
    await project(TestItems)
      .given(history(Item, SHOWN, [created('a', 1)]), history(Item, 'another', [created('a', 7)]))
      .expectDocuments([{ id: 'a', itemId: 'a', amount: 7 }])
  })
})
