import { createHttpApp, serve } from '@weir/http'
import { aggregate, app, projection } from 'weir'
import { startRuntime } from 'weir/runtime'
import * as z from 'zod'
import { engineAt } from '../engine.ts'
import { report } from '../server/report.ts'

/** Orders with a document of a common size, on SQLite, as REST and as GraphQL. */

const Details = z.object({
  customerId: z.string(),
  customerName: z.string(),
  coffee: z.object({ id: z.string(), name: z.string(), price: z.int() }),
})

const Order = aggregate('order', { events: { Placed: Details }, initialState: 0 })
  .evolve({ Placed: (placed) => placed + 1 })
  .commands({ create: { input: Details, decide: (_, data) => ({ type: 'Placed', data }) } })

const Orders = projection('orders', {
  schema: Details.extend({
    id: z.string(),
    status: z.enum(['ORDER_CREATED', 'ORDER_COMPLETED']),
    note: z.string().nullable(),
    date: z.string(),
    createdAt: z.string(),
  }),
  indexes: ['date', 'customerId'],
}).create(Order, {
  Placed: ({ aggregateId, recordedAt, data }) => ({
    ...{ id: aggregateId, ...data, status: 'ORDER_CREATED', note: null },
    ...{ date: recordedAt.slice(0, 10), createdAt: recordedAt },
  }),
})

const orders = app('orders', {
  routes: { 'POST /order': Order.commands.create, 'GET /order': Orders.list, 'GET /order/:id': Orders.get },
  projections: [Orders],
})

const runtime = await startRuntime(orders, { engine: engineAt(process.argv[2] ?? '') })
const served = await serve(createHttpApp({ mounts: [{ base: '', runtime }] }), { port: 0, hostname: '127.0.0.1' })
report(served.url)
process.on('SIGTERM', async () => {
  await served.close()
  await runtime.stop()
  process.exit(0)
})
