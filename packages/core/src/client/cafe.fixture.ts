import { createHttpApp, type Server, serve } from '@weir/http'
import * as z from 'zod'
import { aggregate, apiKey, app, constant, projection, reject, route } from '../definitions/index.ts'
import { memoryEngine } from '../engines/memory/index.ts'
import type { OpenEngine } from '../ports/index.ts'
import { type Runtime, startRuntime } from '../runtime/index.ts'

/** A café that is called over the network: what the tests of the client tell their stories with. */

const Placed = z.object({ guest: z.string().min(1), drink: z.string() })

const Order = aggregate('order', {
  events: { Placed, Served: z.object({}), Dropped: z.object({}) },
  initialState: 'none' as 'none' | 'placed' | 'served',
})
  .evolve({ Placed: () => 'placed', Served: () => 'served', Dropped: () => 'none' })
  .commands({
    place: { input: Placed, decide: (_, order) => ({ type: 'Placed', data: order }) },
    serve: {
      input: z.object({}),
      decide: (state) => {
        if (state === 'served') return reject('served-already', 'It is on the table', { detail: 'Look again.' })
        return { type: 'Served', data: {} }
      },
    },
    drop: { input: z.object({}), decide: () => ({ type: 'Dropped', data: {} }) },
  })

const Orders = projection('orders', {
  schema: z.object({ id: z.string(), guest: z.string(), drink: z.string(), served: z.boolean() }),
  indexes: ['guest', 'drink'],
})
  .create(Order, { Placed: ({ aggregateId, data }) => ({ id: aggregateId, ...data, served: false }) })
  .update(Order, { Served: (order) => ({ ...order, served: true }) })
  .remove(Order, ['Dropped'])

export const cafe = app('cafe', {
  routes: {
    'POST /orders': Order.commands.place,
    'PUT /orders/:id/service': Order.commands.serve,
    'DELETE /orders/:id': Order.commands.drop,
    'GET /orders': route(Orders.list, { sort: 'drink' }),
    'GET /orders/:id': Orders.get,
    'GET /drinks': constant(z.array(z.string()), ['tea']),
    'GET /books': route(Orders.list, { guard: apiKey() }),
  },
  projections: [Orders],
})

/** Read models that fold only when they are let. */
export interface Held {
  /** Waits until they want to fold. */
  wanted(): Promise<void>
  /** Lets them fold once. */
  letOne(): void
  /** Lets them fold from now on. */
  release(): void
}

type Gate = { readonly want: () => void; readonly open: Promise<void> }

/** A café with its server, which can go away and come back at the same address. */
export class Cafe {
  readonly url: string
  runtime: Runtime
  #server: Server | undefined
  #gate: () => Gate | undefined = () => undefined

  private constructor(runtime: Runtime, server: Server) {
    this.runtime = runtime
    this.#server = server
    this.url = `http://127.0.0.1:${server.port}/cafe`
  }

  static async open(): Promise<Cafe> {
    const pass: { through: () => Promise<void> } = { through: async () => {} }
    const runtime = await startRuntime(cafe, { engine: heldBy(() => pass.through()) })
    const opened = new Cafe(runtime, await listen(runtime, 0))
    pass.through = async () => {
      const gate = opened.#gate()
      gate?.want()
      await gate?.open
    }
    return opened
  }

  /** Has the read models wait before they fold anything. */
  hold(): Held {
    let [wanted, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    this.#gate = () => ({ want: wanted.resolve, open: opened.promise })
    const letOne = () => {
      opened.resolve()
      wanted = Promise.withResolvers()
      opened = Promise.withResolvers()
    }
    const release = () => {
      this.#gate = () => undefined
      opened.resolve()
    }
    return { wanted: () => wanted.promise, letOne, release }
  }

  async goAway(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    await server?.close()
  }

  async comeBack(): Promise<void> {
    this.#server = await listen(this.runtime, Number(new URL(this.url).port))
  }

  /** Comes back with an empty store. */
  async comeBackEmpty(): Promise<void> {
    await this.runtime.stop()
    this.runtime = await startRuntime(cafe, { engine: memoryEngine() })
    await this.comeBack()
  }

  async close(): Promise<void> {
    await this.goAway()
    await this.runtime.stop()
  }
}

/** A store in memory whose read models are saved when somebody lets them. */
function heldBy(pass: () => Promise<void>): OpenEngine {
  return async (application) => {
    const engine = await memoryEngine()(application)
    const { save } = engine.readModels
    engine.readModels.save = async (...given) => {
      await pass()
      return save.apply(engine.readModels, given)
    }
    return engine
  }
}

function listen(runtime: Runtime, port: number): Promise<Server> {
  const http = createHttpApp({ mounts: [{ base: '/cafe', runtime }], apiKeys: ['key'] })
  return serve(http, { port, hostname: '127.0.0.1', closeTimeout: 0 })
}
