import { expect, it } from 'vitest'
import { Balances, deposit, ledger, note, transfer, withdraw } from './bank.ts'
import { broken, cut, type Faults } from './faults.ts'
import { balancesOf } from './history.ts'
import { accepted, all, expectPureFold, type Stage } from './stage.ts'

/** An engine whose appends fail while that is wanted, before or after they took effect. */
const failing = (when: 'before' | 'after', fails: () => boolean): Faults => {
  return {
    events: (events) => ({
      append: async (group) => {
        const isToFail = group.some(({ streams }) => streams.length > 0) && fails()
        if (isToFail && when === 'before') await broken()
        const results = await events.append(group)
        return isToFail ? broken() : results
      },
    }),
  }
}

export function durabilityLaws(stage: Stage): void {
  it('G3 everything acknowledged is there after a restart, with its id, version and place', async () => {
    const runtime = await stage.start()
    const commands = Array.from({ length: 60 }, (_, index) => deposit(`${index % 7}`, index + 1))
    const outcomes = await Promise.all(commands.map((command) => accepted(runtime.execute(command))))
    await stage.reopen()
    const log = await stage.log()
    const acknowledged = outcomes.flatMap(({ events }) => events)
    const places = log.map(({ stream, version, id, type, data }) => ({ stream, version, id, type, data }))
    for (const { stream, version, id, type, data } of acknowledged) {
      expect(places).toContainEqual({ stream, version, id, type, data })
    }
    expect(log).toHaveLength(acknowledged.length)
  })

  it('G3 a projection that was behind catches up after a restart', async () => {
    const writer = await stage.start({ app: ledger })
    await all(writer, deposit('a', 100), note('n', 'late'), transfer('1', 'a', 'b', 5), note('n', '1'))
    const slow = await stage.start({ faults: cut(() => 1) })
    await all(slow, deposit('a', 1), transfer('late', 'a', 'b', 5))
    await stage.reopen()
    await expectPureFold(await stage.start(), stage.events)
  })

  it('G3 a projection hears of what other processes append, by polling if by nothing else', async () => {
    const deaf: Faults = { events: () => ({ onAppended: () => () => {} }) }
    const reader = await stage.start({ faults: deaf, pollInterval: 5 })
    const writer = await stage.start({ app: ledger })
    await all(writer, deposit('a', 7))
    await expect.poll(async () => (await reader.get(Balances, 'a')).document).toMatchObject({ balance: 7 })
  })

  it.each(['before', 'after'] as const)('G3 an append that fails %s it took effect tells nobody yes', async (when) => {
    let fails = true
    const runtime = await stage.start({ app: ledger, faults: failing(when, () => fails) })
    const commands = ['a', 'b', 'c'].map((id) => runtime.execute(deposit(id, 5)))
    for (const each of await Promise.allSettled(commands)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { name: 'UnavailableError' } })
    }
    fails = false
    const there = when === 'after' ? 5 : 0
    expect(balancesOf(await stage.log()).get('a')?.balance ?? 0).toBe(there)
    const outcome = await accepted(runtime.execute(deposit('a', 5)))
    expect(outcome.state).toMatchObject({ balance: there + 5 })
    expect((await runtime.execute(withdraw('b', 5))).outcome).toBe(when === 'after' ? 'accepted' : 'rejected')
  })

  it('G3 when it is stopped, each command under way is durable and answered yes, or answered no', async () => {
    const runtime = await stage.start()
    const commands = Array.from({ length: 50 }, (_, index) =>
      runtime.execute(deposit(`${index}`, 1), index % 2 ? { commandId: `command ${index}` } : {}),
    )
    const [answers] = await Promise.all([Promise.allSettled(commands), runtime.stop()])
    await stage.reopen()
    const there = balancesOf(await stage.log())
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 'fulfilled') expect(there.get(`${index}`)?.balance).toBe(1)
      else expect(answer.reason).toMatchObject({ name: 'UnavailableError' })
    }
    await expect(runtime.execute(deposit('x', 1))).rejects.toMatchObject({ name: 'UnavailableError' })
    await expect(runtime.get(Balances, 'x')).rejects.toMatchObject({ name: 'UnavailableError' })
  })
}
