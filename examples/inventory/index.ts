import { apiKey, app, route } from 'weir'
import * as z from 'zod'
import { Item } from './item.ts'
import { TestItems } from './read-model.ts'

const Added = z.object({ streamId: z.string(), version: z.int(), id: z.uuid() })

export const inventory = app('inventory', {
  title: 'Inventory',
  description: 'Raw events, a read model, a replay.',
  guard: apiKey(),
  routes: {
    'POST /addEvent': route(Item.commands.append, {
      summary: 'Append an event of any type to a stream',
      description:
        'ITEM_CREATED, ITEM_AMOUNT_CHANGED and ITEM_DELETED change the items; all others are kept as they are.',
      id: 'body.streamId',
      status: 202,
      respond: {
        schema: Added,
        map: ({ id: streamId, version, events }) => ({ streamId, version, id: events[0]?.id ?? '' }),
      },
    }),
    'GET /listTestItems': route(TestItems.list, { summary: 'The items of the stream that is shown' }),
    'POST /replay': route(TestItems.rebuild, { summary: 'Fold the items anew from all events' }),
    'GET /replay': route(TestItems.progress, { summary: 'How far the replay has come' }),
  },
  projections: [TestItems],
})

export default inventory
