import { setTimeout } from 'node:timers/promises'
import { type App, after, aggregate, app, policy, projection } from 'weir'
import type { EventStore, OpenEngine } from 'weir/ports'
import type { Runtime } from 'weir/runtime'
import * as z from 'zod'

/** A bank whose read model fails when it is told to, for tests of how that is repaired. */

/** Accounts that handlers stumble over, until they are taken out. */
export const broken = new Set<string>()

/** Milliseconds that the bank's log takes for each page that is read of it. */
export const pace = { milliseconds: 0 }

/** An engine that reads the log of the bank as slowly as it is told to, so that a rebuild can be watched. */
export const atPace =
  (open: OpenEngine): OpenEngine =>
  async (name) => {
    const engine = await open(name)
    if (name !== 'bank') return engine
    const readFeed: EventStore['readFeed'] = async (...page) => {
      if (pace.milliseconds > 0) await setTimeout(pace.milliseconds)
      return engine.events.readFeed(...page)
    }
    const events = new Proxy(engine.events, {
      get: (store, key) => {
        const member = key === 'readFeed' ? readFeed : Reflect.get(store, key)
        return typeof member === 'function' ? member.bind(store) : member
      },
    })
    return new Proxy(engine, { get: (target, key) => (key === 'events' ? events : Reflect.get(target, key)) })
  }

const Account = aggregate('account', {
  events: { Opened: z.object({ owner: z.string() }), Paid: z.object({ amount: z.number() }) },
  initialState: 0,
})
  .evolve({ Opened: () => 0, Paid: (total, { amount }) => total + amount })
  .commands({
    open: { input: z.object({ owner: z.string() }), decide: (_, data) => ({ type: 'Opened', data }) },
    pay: { input: z.object({ amount: z.number() }), decide: (_, data) => ({ type: 'Paid', data }) },
  })

const balances = projection('balances', { schema: z.object({ id: z.string(), total: z.number() }) })
  .create(Account, { Opened: ({ aggregateId: id }) => ({ id, total: 0 }) })
  .update(Account, {
    Paid: (balance, { aggregateId, data }) => {
      if (broken.has(aggregateId)) throw new Error(`the rate of ${aggregateId} is not known`)
      return { ...balance, total: balance.total + data.amount }
    },
  })

const interest = policy('interest').on(Account, {
  Opened: ({ aggregateId }) => after('1 day', Account.commands.pay(aggregateId, { amount: 1 }), { key: aggregateId }),
})

export const bank: App = app('bank', { routes: {}, projections: [balances], policies: [interest] })

/** Opens an account, and pays into it so many times. */
export async function payInto(runtime: Runtime, account: string, times: number): Promise<void> {
  await runtime.execute(Account.commands.open(account, { owner: account }))
  for (let amount = 1; amount <= times; amount++) await runtime.execute(Account.commands.pay(account, { amount }))
  await runtime.settled()
}

/** Opens so many accounts: of each owner once. The read model follows when it can. */
export async function openAccounts(runtime: Runtime, many: number, owner: string): Promise<void> {
  const names = Array.from({ length: many }, (_, index) => `${owner}-${index}`)
  await Promise.all(names.map((name) => runtime.execute(Account.commands.open(name, { owner: name }))))
}
