import type { Provision } from 'weir'
import { type App, after, aggregate, app, type CommandMessage, cancel, policy, provide, reject, service } from 'weir'
import * as z from 'zod'
import type { LoggedEvent } from './history.ts'

/**
 * The application that the guarantees of policies are proved on: what is ordered is packed, what is packed is entered in
 * journals, and orders that are not paid in time expire. Nothing but policies keeps any of it from happening twice.
 */

const entry = z.object({ of: z.string(), n: z.int() })
const amount = z.object({ n: z.int() })
const nothing = z.object({})

const Order = aggregate('order', {
  events: { Placed: amount, Changed: amount, Paid: nothing, Expired: nothing },
  initialState: 0,
})
  .evolve({ Placed: (n) => n, Changed: (n) => n, Paid: (n) => n, Expired: (n) => n })
  .commands({
    place: { input: amount, decide: (_, data) => ({ type: 'Placed', data }) },
    change: { input: amount, decide: (_, data) => ({ type: 'Changed', data }) },
    pay: { input: nothing, decide: () => ({ type: 'Paid', data: {} }) },
    expire: { input: nothing, decide: () => ({ type: 'Expired', data: {} }) },
  })

/** Parcels that cannot be packed hold so many. */
export const TOO_MANY = 13

const Parcel = aggregate('parcel', { events: { Packed: amount, Refused: amount }, initialState: 0 })
  .evolve({ Packed: (count) => count + 1, Refused: (count) => count + 1 })
  .commands({
    pack: {
      input: amount,
      decide: (_, data) => (data.n === TOO_MANY ? reject('too-many', 'So many fit nowhere') : { type: 'Packed', data }),
    },
    refuse: { input: amount, decide: (_, data) => ({ type: 'Refused', data }) },
  })

const Journal = aggregate('journal', { events: { Entered: entry }, initialState: 0 })
  .evolve({ Entered: (count) => count + 1 })
  .commands({ enter: { input: entry, decide: (_, data) => ({ type: 'Entered', data }) } })

/** Whom policies call; what it answers decides whether they can go on. */
export interface Courier {
  call(order: string, n: number, idempotencyKey: string): void | Promise<void>
}

const CourierService = service<Courier>('courier')

const pack = policy('pack', {
  services: { courier: CourierService },
  attempts: 3,
  onRejected: ({ event, command }) => Parcel.commands.refuse(event.aggregateId, command.input as { n: number }),
}).on(Order, {
  Placed: async ({ aggregateId, data }, { courier }, { idempotencyKey }) => {
    await courier.call(aggregateId, data.n, idempotencyKey)
    return Parcel.commands.pack(aggregateId, data)
  },
  Changed: ({ aggregateId, data }) => Parcel.commands.pack(aggregateId, data),
})

/** Two commands an event: one for a journal of the order, one for the journal of all. */
const enter = policy('enter').on(Parcel, {
  Packed: ({ aggregateId: of, data: { n } }) => [
    Journal.commands.enter(of, { of, n }),
    Journal.commands.enter('all', { of, n }),
  ],
})

const expire = policy('expire').on(Order, {
  Placed: ({ aggregateId }) => after('15 minutes', Order.commands.expire(aggregateId, {}), { key: aggregateId }),
  Changed: ({ aggregateId }) => after('20 minutes', Order.commands.expire(aggregateId, {}), { key: aggregateId }),
  Paid: ({ aggregateId }) => cancel(aggregateId),
})

export const depot: App = app('depot', { routes: {}, policies: [pack, enter, expire], aggregates: [Journal] })

/** The depot where orders do nothing but expire. */
export const clockwork: App = app('depot', { routes: {}, policies: [expire] })

/** The depot while nobody reacts to anything. */
export const desk: App = app('depot', { routes: {}, aggregates: [Order, Parcel, Journal] })

export const place = (id: string, n: number): CommandMessage => Order.commands.place(id, { n })
export const change = (id: string, n: number): CommandMessage => Order.commands.change(id, { n })
export const pay = (id: string): CommandMessage => Order.commands.pay(id, {})

/** A courier who always comes, unless told otherwise. */
export function courier(call: Courier['call'] = () => {}): readonly Provision[] {
  return [provide(CourierService, { call })]
}

/** What is in the log, as far as it follows from orders: the same for each order, however policies were disturbed. */
export function consequencesOf(log: readonly LoggedEvent[]): Record<string, readonly unknown[]> {
  return {
    parcels: numbersBy(log, 'parcel', ({ stream }) => stream),
    journals: numbersBy(
      log.filter(({ stream }) => stream !== 'journal-all'),
      'journal',
      ({ stream }) => stream,
    ),
    all: numbersBy(
      log.filter(({ stream }) => stream === 'journal-all'),
      'journal',
      ({ data }) => data.of ?? '',
    ),
  }
}

/** What has to be there, each once and in the order of its stream, when all that was ordered has been reacted to. */
export function dueConsequencesOf(log: readonly LoggedEvent[]): Record<string, readonly unknown[]> {
  const ordered = log.filter(({ type }) => type === 'Placed' || type === 'Changed')
  const packed = ordered.filter(({ data }) => Number(data.n) !== TOO_MANY)
  const idOf = ({ stream }: LoggedEvent) => stream.slice('order-'.length)
  return {
    parcels: numbersBy(ordered, 'order', (event) => `parcel-${idOf(event)}`),
    journals: numbersBy(packed, 'order', (event) => `journal-${idOf(event)}`),
    all: numbersBy(packed, 'order', idOf),
  }
}

function numbersBy(log: readonly LoggedEvent[], aggregate: string, key: (event: LoggedEvent) => string): unknown[] {
  const own = log.filter(({ stream }) => stream.startsWith(`${aggregate}-`))
  const groups = [...Map.groupBy(own, key)].sort(([a], [b]) => (a < b ? -1 : 1))
  return groups.map(([name, events]) => [name, events.map(({ data }) => data.n)])
}
