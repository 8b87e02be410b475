import { type App, aggregate, app, projection, reject } from 'weir'
import * as z from 'zod'

/** What is measured: accounts that take deposits, with a validated input, a decision, and an event of about 100 bytes. */

export const Account = aggregate('account', {
  events: { Deposited: z.object({ amount: z.int(), currency: z.string(), reference: z.string() }) },
  initialState: { balance: 0 },
})
  .evolve({ Deposited: ({ balance }, { amount }) => ({ balance: balance + amount }) })
  .commands({
    deposit: {
      input: z.object({ amount: z.int().positive(), currency: z.string().length(3), reference: z.string().max(100) }),
      decide: ({ balance }, input) => {
        if (balance + input.amount > Number.MAX_SAFE_INTEGER) return reject('too-rich', 'That is too much')
        return { type: 'Deposited', data: input }
      },
    },
  })

/** One document an account: many events fold into few documents. */
export const Balances = projection('balances', {
  schema: z.object({ id: z.string(), balance: z.int(), currency: z.string() }),
  indexes: ['balance'],
}).upsert(Account, {
  Deposited: (document, { aggregateId, data }) => ({
    id: aggregateId,
    balance: (document?.balance ?? 0) + data.amount,
    currency: data.currency,
  }),
})

/** One document an event. */
export const Deposits = projection('deposits', {
  schema: z.object({ id: z.string(), account: z.string(), amount: z.int(), at: z.string() }),
  indexes: ['account'],
}).create(Account, {
  Deposited: ({ id, aggregateId, data, recordedAt }) => ({
    id,
    account: aggregateId,
    amount: data.amount,
    at: recordedAt,
  }),
})

const routes = {
  'POST /accounts': Account.commands.deposit,
  'POST /accounts/:id': Account.commands.deposit,
} as const

/** The same application, and so the same file, with more or less of a read side. */
export const withoutReadModel: App = app('accounts', { routes })
export const withBalances: App = app('accounts', {
  routes: { ...routes, 'GET /accounts/:id': Balances.get },
  projections: [Balances],
})
export const withDeposits: App = app('accounts', { routes, projections: [Deposits] })

export const deposit = { amount: 100, currency: 'EUR', reference: 'invoice 2026-000123' }
