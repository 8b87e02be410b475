import { type App, aggregate, app, projection, reject, route } from 'weir'
import { memoryEngine } from 'weir/memory'
import { type Runtime, startRuntime } from 'weir/runtime'
import * as z from 'zod'
import { createHttpApp } from '../src/index.ts'

/** A small box office with every kind of route: what the tests of this package tell their stories with. */

const Details = z.object({
  name: z.string().trim().min(1),
  date: z.iso.date(),
  venue: z.string().min(1),
  seats: z.int().nonnegative(),
})
const Buyer = z.object({ customerName: z.string().min(1), customerEmail: z.email() })

type State = { readonly status: 'unscheduled' } | { readonly status: 'on-sale' | 'cancelled'; readonly left: number }

export const Concert = aggregate('concert', {
  events: {
    Scheduled: Details,
    Moved: z.object({ venue: z.string() }),
    Cancelled: z.object({}),
    TicketSold: Buyer.extend({ ticketId: z.uuid() }),
  },
  initialState: { status: 'unscheduled' } as State,
})
  .evolve({
    Scheduled: (_, { seats }) => ({ status: 'on-sale', left: seats }),
    Moved: (state) => state,
    Cancelled: (state) => (state.status === 'unscheduled' ? state : { ...state, status: 'cancelled' }),
    TicketSold: (state) => (state.status === 'on-sale' ? { ...state, left: state.left - 1 } : state),
  })
  .commands({
    schedule: { input: Details, decide: (_, details) => ({ type: 'Scheduled', data: details }) },
    move: {
      input: z.object({ venue: z.string().min(1) }),
      decide: (state, { venue }) => {
        if (state.status === 'unscheduled') return reject('concert-not-found', 'No such concert', { status: 404 })
        return venue === 'same' ? undefined : { type: 'Moved', data: { venue } }
      },
    },
    cancel: { input: z.object({}), decide: () => ({ type: 'Cancelled', data: {} }) },
    buyTicket: {
      input: Buyer,
      decide: (state, buyer, { newId }) => {
        if (buyer.customerName === 'Mallory') throw new Error('SECRET: the decision met a defect')
        if (state.status !== 'on-sale') return reject('concert-not-found', 'No such concert', { status: 404 })
        if (state.left === 0) return reject('sold-out', 'No tickets available', { status: 400, detail: 'All gone.' })
        return { type: 'TicketSold', data: { ticketId: newId(), ...buyer } }
      },
    },
  })

export const Concerts = projection('concerts', {
  schema: z.object({
    id: z.string(),
    name: z.string(),
    date: z.string(),
    venue: z.string(),
    status: z.enum(['on-sale', 'cancelled']),
    availableTickets: z.int(),
    cancelled: z.boolean(),
  }),
  indexes: ['date', 'venue', 'status', 'availableTickets', 'cancelled'],
})
  .create(Concert, {
    Scheduled: ({ aggregateId, data: { seats, ...details } }) => ({
      id: aggregateId,
      ...details,
      status: 'on-sale' as const,
      availableTickets: seats,
      cancelled: false,
    }),
  })
  .update(Concert, {
    Moved: (concert, { data }) => ({ ...concert, venue: data.venue }),
    Cancelled: (concert) => ({ ...concert, status: 'cancelled' as const, cancelled: true }),
    TicketSold: (concert) => ({ ...concert, availableTickets: concert.availableTickets - 1 }),
  })

/** Fed by every concert of a customer: other streams than the one that made a document change it. */
export const Customers = projection('customers', {
  schema: z.object({ id: z.string(), tickets: z.int() }),
}).upsert(
  Concert,
  { TicketSold: (customer, { data }) => ({ id: data.customerEmail, tickets: (customer?.tickets ?? 0) + 1 }) },
  { id: (event) => (event.type === 'TicketSold' ? event.data.customerEmail : '') },
)

export const boxOffice: App = app('box-office', {
  title: 'Box office',
  description: 'Concerts that never oversell.',
  routes: {
    'POST /concerts': Concert.commands.schedule,
    'GET /concerts': route(Concerts.list, { summary: 'Concerts', sort: '-date' }),
    'GET /concerts/:id': Concerts.get,
    'PUT /concerts/:id': Concert.commands.move,
    'DELETE /concerts/:id': Concert.commands.cancel,
    'POST /tickets': route(Concert.commands.buyTicket, {
      id: 'body.concertId',
      location: '/tickets/:id',
      respond: {
        schema: z.object({ id: z.uuid() }),
        map: ({ eventData }) => ({ id: eventData('TicketSold').ticketId }),
      },
    }),
    'GET /customers/:id': Customers.get,
    'GET /search': route(Concerts.list, { filters: ['venue'] }),
  },
  projections: [Concerts, Customers],
})

export const theCure = { name: 'The Cure', date: '2030-01-01', venue: 'Arena', seats: 2 }

/** A box office that is open: in memory, with what calls it. */
export interface Office {
  readonly runtime: Runtime
  get(path: string, headers?: Record<string, string>): Promise<Response>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  /** Schedules a concert and answers its id. */
  schedule(details?: Partial<typeof theCure>): Promise<string>
}

export async function openBoxOffice(base = ''): Promise<Office> {
  const runtime = await startRuntime(boxOffice, { engine: memoryEngine() })
  const http = createHttpApp({ mounts: [{ base, runtime }] })
  const send: Office['send'] = async (method, path, body, headers = {}) => {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
    const init = { method, headers: { 'content-type': 'application/json', ...headers } }
    return http.request(base + path, text === undefined ? init : { ...init, body: text })
  }
  return {
    runtime,
    send,
    get: async (path, headers = {}) => http.request(base + path, { headers }),
    schedule: async (details = {}) => {
      const answer = await send('POST', '/concerts', { ...theCure, ...details })
      const { id } = (await answer.json()) as { id: string }
      await runtime.settled()
      return id
    },
  }
}
