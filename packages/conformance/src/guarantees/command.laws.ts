import { expect, it } from 'vitest'
import type { CommandMessage } from 'weir'
import { deriveCommandId, type Outcome } from 'weir/runtime'
import { deposit, freeze, ledger, open, thaw, transfer, withdraw } from './bank.ts'
import { accepted, all, type Stage, wordOf } from './stage.ts'

const ada = { name: 'Ada', email: 'ada@example.org' }

const id = (commandId: string) => ({ commandId })

/** What an answer says beside its token: that one stands for the moment in which it is given. */
const answerOf = (outcome: Outcome) =>
  outcome.outcome === 'accepted' ? { ...outcome, token: undefined, repeated: undefined } : outcome

export function commandLaws(stage: Stage): void {
  it.each<[string, (CommandMessage | undefined)[], CommandMessage]>([
    ['that changes an aggregate', [deposit('a', 3)], deposit('a', 5)],
    ['that makes one, whose id is then derived', [], open(ada)],
    ['that decides nothing', [deposit('a', 3), freeze('a')], freeze('a')],
    ['on what does not exist, that decides nothing', [], thaw('a')],
    ['over several streams', [deposit('a', 3), deposit('b', 1)], transfer('1', 'a', 'b', 2)],
  ])(
    'G6 a command %s has the same answer again, also in parallel, later and after a restart',
    async (_, before, command) => {
      const runtime = await stage.start({ app: ledger })
      await all(runtime, ...before.filter((message) => message !== undefined))
      const together = await Promise.all([1, 2, 3].map(() => runtime.execute(command, id('k'))))
      const first = await accepted(together.find((each) => each.outcome === 'accepted' && !each.repeated) as Outcome)
      const count = (await stage.log()).length
      await all(runtime, deposit('a', 100))
      const later = await runtime.execute(command, id('k'))
      await stage.reopen()
      const restarted = await stage.start({ app: ledger })
      const again = await restarted.execute(command, id('k'))
      for (const each of [...together, later, again]) expect(answerOf(each)).toEqual(answerOf(first))
      expect([later, again]).toMatchObject([{ repeated: true }, { repeated: true }])
      expect(await stage.log()).toHaveLength(count + 1)
    },
  )

  it('G6 an id that comes with another input, command or aggregate is told to be in use', async () => {
    const runtime = await stage.start({ app: ledger })
    await accepted(runtime.execute(deposit('a', 5), id('k')))
    for (const other of [deposit('a', 6), withdraw('a', 5), deposit('b', 5), open(ada), transfer('1', 'a', 'b', 5)]) {
      expect(await runtime.execute(other, id('k'))).toEqual({ outcome: 'id-reused' })
    }
    expect(await stage.log()).toHaveLength(1)
  })

  it('G6 of two aggregates that get one id at once, from two processes, one is told to be in use', async () => {
    const runtimes = [await stage.start({ app: ledger }), await stage.start({ app: ledger })]
    for (let round = 0; round < 10; round += 1) {
      const command = id(`k${round}`)
      const racers = runtimes.flatMap((runtime) => ['a', 'b'].map((each) => runtime.execute(deposit(each, 1), command)))
      const words = (await Promise.all(racers)).map(wordOf).sort()
      expect(words).toEqual(['accepted', 'accepted', 'id-reused', 'id-reused'])
    }
    expect(await stage.log()).toHaveLength(10)
  })

  it('G6 of many that race with one id in two processes, one has the effect and all the same answer', async () => {
    const runtimes = [await stage.start({ app: ledger }), await stage.start({ app: ledger })]
    const racers = Array.from({ length: 20 }, (_, index) => runtimes[index % 2]?.execute(deposit('a', 1), id('k')))
    const outcomes = await Promise.all(racers as Promise<Outcome>[])
    for (const each of outcomes) expect(answerOf(each)).toEqual(answerOf(outcomes[0] as Outcome))
    expect(await stage.log()).toHaveLength(1)
  })

  it('G6 a rejected command is decided anew; what was accepted under its id then stays', async () => {
    const runtime = await stage.start({ app: ledger })
    expect(wordOf(await runtime.execute(withdraw('a', 5), id('k')))).toBe('poor')
    await all(runtime, deposit('a', 5))
    expect(wordOf(await runtime.execute(withdraw('a', 5), id('k')))).toBe('accepted')
    expect(await runtime.execute(withdraw('a', 5), id('k'))).toMatchObject({ repeated: true, version: 2 })
  })

  it('G6 a repeated command has its answer although its precondition does not hold any more', async () => {
    const runtime = await stage.start({ app: ledger })
    await all(runtime, deposit('a', 5))
    const options = { commandId: 'k', expectedVersion: 1 }
    expect(await runtime.execute(deposit('a', 5), options)).toMatchObject({ version: 2, repeated: false })
    expect(await runtime.execute(deposit('a', 5), options)).toMatchObject({ version: 2, repeated: true })
    const late = await runtime.execute(deposit('a', 5), { commandId: 'k2', expectedVersion: 1 })
    expect(late).toEqual({ outcome: 'version-mismatch', version: 2 })
  })

  it('G5 a command that a policy issues for an event takes effect once, in parallel and over a restart', async () => {
    const runtime = await stage.start({ app: ledger })
    const [cause] = await all(runtime, deposit('a', 1))
    const eventId = cause?.events[0]?.id ?? ''
    const bonus = () => ({ commandId: deriveCommandId('bonus', eventId, 0), causationId: eventId })
    await Promise.all([1, 2, 3].map(() => runtime.execute(deposit('a', 10), bonus())))
    await stage.reopen()
    const restarted = await stage.start({ app: ledger })
    expect(await restarted.execute(deposit('a', 10), bonus())).toMatchObject({ repeated: true, version: 2 })
    for (const other of [
      deriveCommandId('bonus', eventId, 1),
      deriveCommandId('bonus', 'another event', 0),
      deriveCommandId('another policy', eventId, 0),
    ]) {
      expect(await restarted.execute(deposit('a', 10), id(other))).toMatchObject({ repeated: false })
    }
    expect(await stage.log()).toHaveLength(5)
  })
}
