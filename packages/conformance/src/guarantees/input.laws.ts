import { expect, it } from 'vitest'
import type { CommandMessage } from 'weir'
import { deposit, ledger, open, spend } from './bank.ts'
import type { Stage } from './stage.ts'

const ada = { name: 'Ada', email: 'ada@example.org' }

export function inputLaws(stage: Stage): void {
  it.each<[string, CommandMessage, string[]]>([
    ['a field', deposit('a', -1), ['amount']],
    ['a nested field', open({ ...ada, email: 'nobody' }), ['owner.email']],
    ['several fields', open({ name: '' }), ['owner.name', 'owner.email']],
    ['an object that is missing', open(undefined), ['owner']],
    ['the id', deposit('a b', 1), ['id']],
    ['the id of another aggregate', spend('a', 1, 'l/l'), ['limit']],
  ])('G11 bad input is named by %s and never decided on', async (_, message, fields) => {
    const runtime = await stage.start({ app: ledger })
    for (const options of [{}, { commandId: 'k' }]) {
      const outcome = await runtime.execute(message, options)
      const faults = outcome.outcome === 'invalid' ? outcome.faults : []
      expect(faults.map(({ field }) => field)).toEqual(fields)
      for (const { message: words } of faults) expect(words).not.toBe('')
    }
    expect(await stage.log()).toEqual([])
    expect(await stage.events.findCommand('k')).toBeUndefined()
  })
}
