import {
  type AnyProjection,
  type App,
  after,
  aggregate,
  app,
  type CommandMessage,
  policy,
  projection,
  type RecordedEvent,
  reject,
} from 'weir'
import * as z from 'zod'

/**
 * The application that the guarantees are proved on: accounts with a limit that some spending depends on, transfers that
 * write to two accounts, and notes on transfers. Its read models show which events were applied, and in which order.
 */

interface AccountState {
  readonly balance: number
  readonly frozen: boolean
}

const amount = z.object({ amount: z.int().positive() })
const nothing = z.object({})

const Limit = aggregate('limit', { events: { Set: z.object({ most: z.int() }) }, initialState: 0 })
  .evolve({ Set: (_, { most }) => most })
  .commands({
    set: { input: z.object({ most: z.int().nonnegative() }), decide: (_, data) => ({ type: 'Set', data }) },
  })

const Account = aggregate('account', {
  events: {
    Opened: z.object({ owner: z.string() }),
    Deposited: amount,
    Withdrawn: amount,
    Frozen: nothing,
    Thawed: nothing,
  },
  initialState: { balance: 0, frozen: false } as AccountState,
  snapshot: { schema: z.object({ balance: z.int(), frozen: z.boolean() }), revision: 1, every: 4 },
})
  .evolve({
    Opened: (state) => state,
    Deposited: (state, data) => ({ ...state, balance: state.balance + data.amount }),
    Withdrawn: (state, data) => ({ ...state, balance: state.balance - data.amount }),
    Frozen: (state) => ({ ...state, frozen: true }),
    Thawed: (state) => ({ ...state, frozen: false }),
  })
  .commands({
    open: {
      input: z.object({ owner: z.object({ name: z.string().min(1), email: z.email() }) }),
      decide: (_, { owner }) => ({ type: 'Opened', data: { owner: owner.name } }),
    },
    deposit: { input: amount, decide: (_, data) => ({ type: 'Deposited', data }) },
    withdraw: {
      input: amount,
      decide: ({ balance }, data) =>
        balance < data.amount ? reject('poor', 'The balance is too low') : { type: 'Withdrawn', data },
    },
    spend: {
      input: amount.extend({ limit: z.string() }),
      reads: { limit: Limit.at('limit') },
      decide: (_, data, { limit }) =>
        limit.state < data.amount
          ? reject('too-much', 'That is over the limit')
          : { type: 'Withdrawn', data: { amount: data.amount } },
    },
    freeze: { input: nothing, decide: ({ frozen }) => (frozen ? undefined : { type: 'Frozen', data: {} }) },
    thaw: { input: nothing, decide: ({ frozen }) => (frozen ? { type: 'Thawed', data: {} } : undefined) },
  })

const Transfer = aggregate('transfer', { events: { Made: amount }, initialState: false })
  .evolve({ Made: () => true })
  .commands({
    make: {
      input: amount.extend({ from: z.string(), to: z.string() }),
      writes: { from: Account.at('from'), to: Account.at('to') },
      decide: (isMade, data, { from, to }) => {
        if (isMade) return undefined
        if (from.state.balance < data.amount) return reject('poor', 'The balance is too low')
        const moved = { amount: data.amount }
        return [{ type: 'Made', data: moved }, from.event('Withdrawn', moved), to.event('Deposited', moved)]
      },
    },
  })

const Note = aggregate('note', { events: { Noted: z.object({ on: z.string(), text: z.string() }) }, initialState: 0 })
  .evolve({ Noted: (count) => count + 1 })
  .commands({
    note: { input: z.object({ on: z.string(), text: z.string() }), decide: (_, data) => ({ type: 'Noted', data }) },
  })

const never = (): boolean => false

/** What makes the handler of a note fail. */
export const POISON = 'poison'

/** In what a later version of a definition may differ. */
export interface Version {
  readonly revision?: number
  readonly indexes?: readonly ('balance' | 'id')[]
  /** Which handled events fail. */
  readonly fails?: (event: RecordedEvent) => boolean
}

/** Accounts, with the versions of all events that made them what they are. */
export function balancesOfVersion({ revision = 1, indexes = ['balance'], fails = never }: Version): AnyProjection {
  type Document = { readonly balance: number; readonly seen: readonly number[] } | undefined
  const moved = (by: number) => (document: Document, event: RecordedEvent) => {
    if (fails(event)) throw new Error('the event is poison')
    const { aggregateId: id, version } = event
    return { id, balance: (document?.balance ?? 0) + by, seen: [...(document?.seen ?? []), version] }
  }
  const schema = z.object({ id: z.string(), balance: z.int(), seen: z.array(z.int()) })
  return projection('balances', { schema, indexes: [...indexes], revision }).upsert(Account, {
    Opened: moved(0),
    Deposited: (document, event) => moved(event.data.amount)(document, event),
    Withdrawn: (document, event) => moved(-event.data.amount)(document, event),
    Frozen: moved(0),
    Thawed: moved(0),
  })
}

export const Balances: AnyProjection = balancesOfVersion({})

/** Transfers with the notes on them, fed by two kinds of streams: a note may come before its transfer. */
export function transfersOfVersion({ revision = 1, fails = isPoison }: Version): AnyProjection {
  const schema = z.object({ id: z.string(), amount: z.int(), notes: z.record(z.string(), z.array(z.int())) })
  return projection('transfers', { schema, indexes: ['amount'], revision })
    .create(Transfer, { Made: ({ aggregateId, data }) => ({ id: aggregateId, amount: data.amount, notes: {} }) })
    .update(
      Note,
      {
        Noted: (transfer, event) => {
          if (fails(event)) throw new Error('the note is poison')
          const { aggregateId, version } = event
          const notes = { ...transfer.notes, [aggregateId]: [...(transfer.notes[aggregateId] ?? []), version] }
          return { ...transfer, notes }
        },
      },
      { id: ({ data }) => data.on },
    )
}

const isPoison = ({ data }: RecordedEvent): boolean => (data as { readonly text?: string }).text === POISON

export const Transfers: AnyProjection = transfersOfVersion({})

/** A read model that has nothing to do with accounts. */
export const Limits: AnyProjection = projection('limits', {
  schema: z.object({ id: z.string(), most: z.int() }),
}).upsert(Limit, { Set: (_, { aggregateId, data }) => ({ id: aggregateId, most: data.most }) })

export const bank: App = app('bank', { routes: {}, projections: [Balances, Transfers, Limits] })

/** The bank with other versions of its read models. */
export function bankWith(balances: AnyProjection, transfers: AnyProjection = Transfers): App {
  return app('bank', { routes: {}, projections: [balances, transfers, Limits] })
}

const Receipt = aggregate('receipt', { events: { Printed: amount, Archived: nothing }, initialState: 0 })
  .evolve({ Printed: (count) => count + 1, Archived: (count) => count + 1 })
  .commands({
    print: { input: amount, decide: (_, data) => ({ type: 'Printed', data }) },
    archive: { input: nothing, decide: () => ({ type: 'Archived', data: {} }) },
  })

/** Prints a receipt for every transfer, and archives it a while later; nothing but this keeps it from printing two. */
const receipts = policy('receipts', { from: 'start' }).on(Transfer, {
  Made: ({ aggregateId, data }) => [
    Receipt.commands.print(aggregateId, data),
    after('2 seconds', Receipt.commands.archive(aggregateId, {}), { key: aggregateId }),
  ],
})

/** The bank with receipts. */
export const bankWithReceipts: App = app('bank', {
  routes: {},
  projections: [Balances, Transfers, Limits],
  policies: [receipts],
  aggregates: [Receipt],
})

/** The bank without any read model. */
export const ledger: App = app('bank', { routes: {}, aggregates: [Limit, Account, Transfer, Note] })

export const setLimit = (id: string, most: number): CommandMessage => Limit.commands.set(id, { most })
export const open = (owner: unknown, id?: string): CommandMessage => ({
  command: Account.commands.open,
  aggregateId: id,
  input: { owner },
})
export const deposit = (id: string, amount: number): CommandMessage => Account.commands.deposit(id, { amount })
export const withdraw = (id: string, amount: number): CommandMessage => Account.commands.withdraw(id, { amount })
export const spend = (id: string, amount: number, limit: string): CommandMessage =>
  Account.commands.spend(id, { amount, limit })
export const freeze = (id: string): CommandMessage => Account.commands.freeze(id, {})
export const thaw = (id: string): CommandMessage => Account.commands.thaw(id, {})
export const transfer = (id: string, from: string, to: string, amount: number): CommandMessage =>
  Transfer.commands.make(id, { from, to, amount })
export const note = (id: string, on: string, text = ''): CommandMessage => Note.commands.note(id, { on, text })
