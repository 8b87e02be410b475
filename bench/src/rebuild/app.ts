import { type App, app } from 'weir'
import { Account, Balances } from '../definitions.ts'

/** Accounts whose balances are read while they are rebuilt. */
export const accounts: App = app('accounts', {
  routes: {
    'POST /accounts/:id': Account.commands.deposit,
    'GET /accounts': Balances.list,
    'GET /accounts/:id': Balances.get,
  },
  projections: [Balances],
})
