import { projection, type RecordedEvent } from 'weir'
import * as z from 'zod'
import { Item } from './item.ts'

/** The one stream that the list shows. Asked for late, so that the environment may be set after this file was loaded. */
const shownStream = (): string => process.env.ITEMS_STREAM_ID ?? 'eb724435-02cb-4c68-9d7a-4b6471c5a810'

const isShown = ({ aggregateId }: RecordedEvent): boolean => aggregateId === shownStream()

/** The items of one stream, which may tell anything: what it says of items that are not there is passed over. */
export const TestItems = projection('test-items', {
  schema: z.object({ id: z.string(), itemId: z.string(), amount: z.int() }),
}).upsert(
  Item,
  {
    ITEM_CREATED: (item, event) => (isShown(event) ? { id: event.data.itemId, ...event.data } : item),
    ITEM_AMOUNT_CHANGED: (item, event) => (item && isShown(event) ? { ...item, amount: event.data.amount } : item),
    ITEM_DELETED: (item, event) => (isShown(event) ? undefined : item),
  },
  { id: ({ data }) => data.itemId },
)
