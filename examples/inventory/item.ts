import { rawAggregate } from 'weir'
import * as z from 'zod'

/** Streams of events of any type; of these three the application knows what they mean. */

const itemId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has to be text without control characters')
const amount = z.int().nonnegative()

export const Item = rawAggregate('item', {
  events: {
    ITEM_CREATED: z.object({ itemId, amount }),
    ITEM_AMOUNT_CHANGED: z.object({ itemId, amount }),
    ITEM_DELETED: z.object({ itemId }),
  },
})
