import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Runtime } from 'weir/runtime'
import { startRuntime } from 'weir/runtime'
import { virtualClock } from 'weir/testing'
import { deposit, ledger, setLimit, spend, transfer, withdraw } from './bank.ts'
import { append, balancesOf, type LoggedEvent, readLog } from './history.ts'
import { accepted, all, type Stage, startOn, wordOf } from './stage.ts'

export function atomicityLaws(stage: Stage): void {
  it('G1 of commands that race for one stream from two processes, none is lost', async () => {
    const runtimes = [await stage.start({ app: ledger }), await stage.start({ app: ledger })] as const
    const racers = Array.from({ length: 40 }, (_, index) => (runtimes[index % 2] as Runtime).execute(deposit('1', 1)))
    const versions = (await Promise.all(racers.map(accepted))).map(({ version }) => version)
    expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    expect(balancesOf(await stage.log()).get('1')?.balance).toBe(40)
  })

  it('G1 a command over several streams writes all of its events or none', async () => {
    const runtime = await stage.start({ app: ledger })
    await all(runtime, deposit('a', 10))
    expect(wordOf(await runtime.execute(transfer('1', 'a', 'b', 11)))).toBe('poor')
    expect(await stage.log()).toHaveLength(1)
    await all(runtime, transfer('2', 'a', 'b', 10))
    const written = Map.groupBy(await stage.log(), ({ stream }) => stream)
    expect(
      Object.fromEntries([...written].map(([stream, events]) => [stream, events.map(({ type }) => type)])),
    ).toEqual({
      'account-a': ['Deposited', 'Withdrawn'],
      'account-b': ['Deposited'],
      'transfer-2': ['Made'],
    })
  })

  it('G1 whatever races over several streams, money is neither made nor lost', async () => {
    const account = fc.constantFrom('a', 'b', 'c')
    const command = fc.record({ from: account, to: account, amount: fc.integer({ min: 1, max: 60 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), (commands) =>
        stage.elsewhere(async (engine) => {
          const first = await startOn(engine, { app: ledger })
          const second = await startOn(engine, { app: ledger })
          await all(first, deposit('a', 50), deposit('b', 50))
          const outcomes = await Promise.all(
            commands.map(({ from, to, amount }, index) =>
              (index % 2 ? first : second).execute(transfer(`${index}`, from, to, amount)),
            ),
          )
          await Promise.all([first.stop(), second.stop()])
          expectConserved(await readLog(engine.events), outcomes.map(wordOf))
        }),
      ),
      { numRuns: Math.ceil(15 / stage.every) },
    )
  })

  it('G1 a decision stands only if what it read is still so: a conflict is decided anew', async () => {
    const runtime = await stage.start({ app: ledger })
    await all(runtime, setLimit('low', 100), deposit('a', 1000), spend('a', 100, 'low'))
    await append(stage.events, 'limit-low', 'Set', { most: 10 })
    expect(wordOf(await runtime.execute(spend('a', 100, 'low')))).toBe('too-much')
    await append(stage.events, 'account-a', 'Withdrawn', { amount: 900 })
    expect(wordOf(await runtime.execute(withdraw('a', 1)))).toBe('poor')
    expect(balancesOf(await stage.log()).get('a')?.balance).toBe(0)
  })

  it('G1 a command that loses every race is given up with an error that says so, and the next is decided', async () => {
    let wins = 0
    const clock = virtualClock()
    const { storeId, epoch, readModels, partitions } = stage.engine
    const events = Object.assign(Object.create(stage.events), {
      append: async (group: Parameters<Stage['events']['append']>[0]) => {
        const isRace = group.some(({ streams }) => streams.some(({ stream }) => stream === 'account-hot'))
        if (isRace) await append(stage.events, 'account-hot', 'Deposited', { amount: ++wins })
        return stage.events.append(group)
      },
    })
    for (const name of ['readStream', 'findCommand', 'loadSnapshot', 'onAppended'] as const) {
      events[name] = stage.events[name].bind(stage.events)
    }
    const others = { roster: undefined, partitions, check: async () => {}, close: async () => {} }
    const engine = async () => ({ storeId, epoch, events, readModels, ...others })
    const runtime = await startRuntime(ledger, { engine, clock })
    const [lost] = await clock.run(Promise.allSettled([runtime.execute(deposit('hot', 5))]))
    expect(lost).toMatchObject({ status: 'rejected', reason: { name: 'UnavailableError' } })
    expect(wins).toBe(40)
    expect((await clock.run(accepted(runtime.execute(deposit('calm', 5))))).version).toBe(1)
    await clock.run(runtime.stop())
  })
}

/** No account is below zero at any time, each transfer moved what it says, and all that was accepted is there. */
function expectConserved(log: readonly LoggedEvent[], words: readonly string[]): void {
  const balances = new Map<string, number>()
  for (const { stream, type, data } of log) {
    const by = { Deposited: 1, Withdrawn: -1 }[type]
    if (by) balances.set(stream, (balances.get(stream) ?? 0) + by * (data.amount ?? 0))
    // A transfer to oneself withdraws and deposits in one append.
    if (type === 'Deposited') expect(balances.get(stream)).toBeGreaterThanOrEqual(0)
  }
  expect([...balances.values()].reduce((sum, each) => sum + each, 0)).toBe(100)
  expect([...balances.values()].every((balance) => balance >= 0)).toBe(true)
  const made = log.filter(({ type }) => type === 'Made')
  expect(made.map(({ stream }) => stream).sort()).toEqual(
    words.flatMap((word, index) => (word === 'accepted' ? [`transfer-${index}`] : [])).sort(),
  )
  for (const { commandId, data } of made) {
    const moves = log.filter((event) => event.commandId === commandId && event.type !== 'Made')
    expect(moves.map((event) => [event.type, event.data.amount]).sort()).toEqual([
      ['Deposited', data.amount],
      ['Withdrawn', data.amount],
    ])
  }
}
