import { strict as assert } from 'node:assert'
import type { App } from 'weir'
import { type Runtime, startRuntime } from 'weir/runtime'
import { Account, Balances, Deposits, deposit, withBalances, withDeposits, withoutReadModel } from '../definitions.ts'
import { engineAt } from '../engine.ts'
import { ask, perSecond } from '../measure.ts'

const CALLERS = 1000

/** Records deposits, spread evenly over accounts, for a read model to be folded from. */
export async function record(place: string, deposits: number, accounts: number): Promise<void> {
  const runtime = await startRuntime(withoutReadModel, { engine: engineAt(place) })
  await ask(CALLERS, deposits, async (index) => {
    const outcome = await runtime.execute(Account.commands.deposit(`account${index % accounts}`, deposit))
    assert.equal(outcome.outcome, 'accepted')
  })
  await runtime.stop()
}

/** Events per second from the start of a process that has everything still to fold, one document an account. */
export function foldIntoAccounts(place: string, deposits: number, accounts: number): Promise<number> {
  return fold(withBalances, place, deposits, async (runtime) => {
    const { documents } = await runtime.list(Balances, { limit: 1000 })
    assert.equal(documents.length, Math.min(1000, accounts))
    const expected = (deposit.amount * deposits) / accounts
    for (const { balance } of documents) assert.equal(balance, expected)
  })
}

/** The same with a document for each event. */
export function foldIntoDeposits(place: string, deposits: number, accounts: number): Promise<number> {
  return fold(withDeposits, place, deposits, async (runtime) => {
    const ofOneAccount = { field: 'account', operator: 'eq', value: 'account0' } as const
    let [found, cursor] = [0, undefined as string | undefined]
    do {
      const page = await runtime.list(Deposits, { filters: [ofOneAccount], limit: 1000, ...(cursor && { cursor }) })
      found += page.documents.length
      cursor = page.next
    } while (cursor)
    assert.equal(found, deposits / accounts)
  })
}

async function fold(app: App, place: string, events: number, check: (runtime: Runtime) => Promise<void>) {
  let runtime: Runtime | undefined
  const rate = await perSecond(events, async () => {
    runtime = await startRuntime(app, { engine: engineAt(place) })
    await runtime.settled()
  })
  if (!runtime) throw new Error('the runtime did not start')
  await check(runtime)
  await runtime.stop()
  return rate
}
