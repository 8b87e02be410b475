import { type AnyProjection, type App, aggregate, app, type CommandMessage, projection, reject } from 'weir'
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

/** What makes the handler of a note fail. */
export const POISON = 'poison'

/** Accounts, with the versions of all events that made them what they are. */
export const Balances: AnyProjection = withBalances(
  projection('balances', {
    schema: z.object({ id: z.string(), balance: z.int(), seen: z.array(z.int()) }),
    indexes: ['balance'],
  }),
)

function withBalances(empty: AnyProjection): AnyProjection {
  type Document = { readonly balance: number; readonly seen: readonly number[] } | undefined
  const moved = (by: number) => (document: Document, event: { aggregateId: string; version: number }) => ({
    id: event.aggregateId,
    balance: (document?.balance ?? 0) + by,
    seen: [...(document?.seen ?? []), event.version],
  })
  return empty.upsert(Account, {
    Opened: moved(0),
    Deposited: (document, event) => moved(event.data.amount)(document, event),
    Withdrawn: (document, event) => moved(-event.data.amount)(document, event),
    Frozen: moved(0),
    Thawed: moved(0),
  })
}

/** Transfers with the notes on them, fed by two kinds of streams: a note may come before its transfer. */
export const Transfers: AnyProjection = projection('transfers', {
  schema: z.object({ id: z.string(), amount: z.int(), notes: z.record(z.string(), z.array(z.int())) }),
  indexes: ['amount'],
})
  .create(Transfer, { Made: ({ aggregateId, data }) => ({ id: aggregateId, amount: data.amount, notes: {} }) })
  .update(
    Note,
    {
      Noted: (transfer, { aggregateId, version, data }) => {
        if (data.text === POISON) throw new Error('the note is poison')
        return {
          ...transfer,
          notes: { ...transfer.notes, [aggregateId]: [...(transfer.notes[aggregateId] ?? []), version] },
        }
      },
    },
    { id: ({ data }) => data.on },
  )

/** A read model that has nothing to do with accounts. */
export const Limits: AnyProjection = projection('limits', {
  schema: z.object({ id: z.string(), most: z.int() }),
}).upsert(Limit, { Set: (_, { aggregateId, data }) => ({ id: aggregateId, most: data.most }) })

export const bank: App = app('bank', { routes: {}, projections: [Balances, Transfers, Limits] })

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
