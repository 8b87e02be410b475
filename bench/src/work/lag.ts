import { strict as assert } from 'node:assert'
import { type Runtime, startRuntime } from 'weir/runtime'
import { Account, Balances, deposit, withBalances } from '../definitions.ts'
import { engineAt } from '../engine.ts'
import { type Measured, pace, percentile, perSecond } from '../measure.ts'

const ACCOUNTS = 100
const SAMPLE = 10
const WARM_UP_SECONDS = 2

/**
 * The time from the answer to a command until the read model shows what it did, at a steady rate of commands. Every tenth
 * is asked for, with its consistency token.
 */
export async function lagOfReadModel(place: string, rate: number, commands: number): Promise<Measured> {
  const runtime = await startRuntime(withBalances, { engine: engineAt(place) })
  try {
    await pace(rate, rate * WARM_UP_SECONDS, (index) => depositAndRead(runtime, index, []))
    const lags: number[] = []
    const reached = await perSecond(commands, () =>
      pace(rate, commands, (index) => depositAndRead(runtime, index, lags)),
    )
    assert.equal(lags.length, commands / SAMPLE)
    return { perSecond: reached, p50Ms: percentile(lags, 0.5), p99Ms: percentile(lags, 0.99) }
  } finally {
    await runtime.stop()
  }
}

async function depositAndRead(runtime: Runtime, index: number, lags: number[]): Promise<void> {
  const id = `account${index % ACCOUNTS}`
  const outcome = await runtime.execute(Account.commands.deposit(id, deposit))
  assert.ok(outcome.outcome === 'accepted')
  if (index % SAMPLE > 0) return
  const answered = performance.now()
  const { document, consistency } = await runtime.get(Balances, id, { token: outcome.token })
  lags.push(performance.now() - answered)
  assert.equal(consistency, 'reached')
  assert.ok((document?.balance ?? 0) >= outcome.state.balance)
}
