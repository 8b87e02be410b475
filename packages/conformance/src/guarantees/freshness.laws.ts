import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Outcome, Runtime } from 'weir/runtime'
import { deposit, freeze, ledger, setLimit, spend, thaw, transfer, withdraw } from './bank.ts'
import { append } from './history.ts'
import { accepted, all, type Stage, startOn, wordOf } from './stage.ts'

export function freshnessLaws(stage: Stage): void {
  it('G7 a cached state never makes a wrong no: not of its own stream, nor of one that is read or written', async () => {
    const runtime = await stage.start({ app: ledger })
    await all(runtime, setLimit('l', 1), deposit('a', 1), withdraw('a', 1), deposit('b', 1))
    expect(wordOf(await runtime.execute(withdraw('a', 5)))).toBe('poor')
    expect(wordOf(await runtime.execute(spend('b', 5, 'l')))).toBe('too-much')
    await append(stage.events, 'account-a', 'Deposited', { amount: 9 })
    await append(stage.events, 'limit-l', 'Set', { most: 9 })
    expect(wordOf(await runtime.execute(withdraw('a', 5)))).toBe('accepted')
    expect(wordOf(await runtime.execute(spend('b', 5, 'l')))).toBe('accepted')
    expect(wordOf(await runtime.execute(transfer('1', 'a', 'b', 9)))).toBe('poor')
    await append(stage.events, 'account-a', 'Deposited', { amount: 9 })
    expect(wordOf(await runtime.execute(transfer('1', 'a', 'b', 9)))).toBe('accepted')
  })

  it('G7 nor a wrong nothing to do', async () => {
    const runtime = await stage.start({ app: ledger })
    await all(runtime, freeze('a'))
    await append(stage.events, 'account-a', 'Thawed')
    expect((await accepted(runtime.execute(freeze('a')))).events).toHaveLength(1)
    expect((await accepted(runtime.execute(freeze('a')))).events).toEqual([])
  })

  it('G7 nor a wrong version, whichever version was expected', async () => {
    const runtime = await stage.start({ app: ledger })
    await all(runtime, deposit('a', 1))
    await append(stage.events, 'account-a', 'Deposited', { amount: 1 })
    expect(await runtime.execute(deposit('a', 1), { expectedVersion: 2 })).toMatchObject({ version: 3 })
    await append(stage.events, 'account-a', 'Deposited', { amount: 1 })
    const late = await runtime.execute(deposit('a', 1), { expectedVersion: 3 })
    expect(late).toEqual({ outcome: 'version-mismatch', version: 4 })
    const elsewhere = await stage.start({ app: ledger })
    expect(wordOf(await elsewhere.execute(deposit('new', 1), { expectedVersion: 'present' }))).toBe('version-mismatch')
    await all(runtime, deposit('new', 1))
    expect(wordOf(await elsewhere.execute(deposit('new', 1), { expectedVersion: 'present' }))).toBe('accepted')
  })

  it('G7 processes that take turns answer as if they were one', async () => {
    const id = fc.constantFrom('a', 'b')
    const amount = fc.integer({ min: 1, max: 4 })
    const step = fc.record({ process: fc.nat(2), id, other: id, amount, kind: fc.constantFrom(...Object.keys(model)) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), (steps) =>
        stage.elsewhere(async (engine) => {
          const start = () => startOn(engine, { app: ledger, cachedStates: 3 })
          const processes = [await start(), await start(), await start()]
          const balances: Record<string, number> = { a: 0, b: 0 }
          const frozen = new Set<string>()
          for (const [index, { process, kind, ...arguments_ }] of steps.entries()) {
            const play = model[kind as keyof typeof model]
            const [outcome, expected] = await play(processes[process] as Runtime, {
              ...arguments_,
              balances,
              frozen,
              index,
            })
            expect(outcome.outcome === 'accepted' ? outcome.events.length : wordOf(outcome)).toBe(expected)
          }
          for (const each of processes) await each.stop()
        }),
      ),
      { numRuns: Math.ceil(25 / stage.every) },
    )
  })
}

interface Play {
  readonly id: string
  readonly other: string
  readonly amount: number
  readonly index: number
  readonly balances: Record<string, number>
  readonly frozen: Set<string>
}

type Played = Promise<readonly [Outcome, number | string]>

/** What each command has to answer: how many events, or which rejection. */
const model = {
  deposit: async (runtime: Runtime, { id, amount, balances }: Play): Played => {
    balances[id] = (balances[id] as number) + amount
    return [await runtime.execute(deposit(id, amount)), 1]
  },
  withdraw: async (runtime: Runtime, { id, amount, balances }: Play): Played => {
    const isPoor = (balances[id] as number) < amount
    if (!isPoor) balances[id] = (balances[id] as number) - amount
    return [await runtime.execute(withdraw(id, amount)), isPoor ? 'poor' : 1]
  },
  transfer: async (runtime: Runtime, { id, other, amount, index, balances }: Play): Played => {
    const isPoor = (balances[id] as number) < amount
    if (!isPoor) {
      balances[id] = (balances[id] as number) - amount
      balances[other] = (balances[other] as number) + amount
    }
    return [await runtime.execute(transfer(`${index}`, id, other, amount)), isPoor ? 'poor' : 1]
  },
  freeze: async (runtime: Runtime, { id, frozen }: Play): Played => {
    const expected = frozen.has(id) ? 0 : 1
    frozen.add(id)
    return [await runtime.execute(freeze(id)), expected]
  },
  thaw: async (runtime: Runtime, { id, frozen }: Play): Played => {
    return [await runtime.execute(thaw(id)), frozen.delete(id) ? 1 : 0]
  },
}
