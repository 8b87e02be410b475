import { after, aggregate, app, policy, projection, route } from 'weir'
import * as z from 'zod'

/** A café: drinks are ordered, made by a policy (which is told to all), and given up when nobody came for them. */

const nothing = z.object({})
const ordered = z.object({ drink: z.string() })

const Order = aggregate('order', { events: { Placed: ordered, GivenUp: nothing }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1, GivenUp: (count) => count + 1 })
  .commands({
    place: { input: ordered, decide: (_, data) => ({ type: 'Placed', data }) },
    giveUp: { input: nothing, decide: () => ({ type: 'GivenUp', data: {} }) },
  })

const Drink = aggregate('drink', { events: { Made: ordered }, initialState: 0, public: ['Made'] })
  .evolve({ Made: (count) => count + 1 })
  .commands({ make: { input: ordered, decide: (_, data) => ({ type: 'Made', data }) } })

const schema = z.object({ id: z.string(), drink: z.string(), isReady: z.boolean() })

/** Orders, as the revision of a definition shows them. */
function ordersOf(revision: number) {
  return projection('orders', { schema, revision, indexes: ['drink'] })
    .create(Order, {
      Placed: ({ aggregateId: id, data: { drink } }) => {
        if (drink === 'poison') throw new Error('nobody may drink this')
        return { id, drink, isReady: false }
      },
    })
    .update(Drink, { Made: (document) => ({ ...document, isReady: true }) })
    .remove(Order, ['GivenUp'])
}

const barista = policy('barista').on(Order, {
  Placed: ({ aggregateId, data }) => Drink.commands.make(aggregateId, data),
})

const closing = policy('closing').on(Order, {
  Placed: ({ aggregateId }) => after('5 minutes', Order.commands.giveUp(aggregateId, {}), { key: aggregateId }),
})

/** The café with one revision of its read model. */
export function cafeOf(revision: number) {
  const Orders = ordersOf(revision)
  return app('cafe', {
    routes: {
      'PUT /orders/:id': route(Order.commands.place, { status: 200 }),
      'GET /orders': Orders.list,
      'GET /orders/:id': Orders.get,
    },
    aggregates: [Drink],
    projections: [Orders],
    policies: [barista, closing],
  })
}
