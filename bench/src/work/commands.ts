import { strict as assert } from 'node:assert'
import { sqliteEngine } from '@weir/engine-sqlite'
import { type Runtime, startRuntime } from 'weir/runtime'
import { Account, deposit, withoutReadModel } from '../definitions.ts'
import { ask, inTemporaryFolder, perSecond } from '../measure.ts'

/** Durable commands per second in one process: each creates an account. */
export function commandsOnDistinctStreams(callers: number, commands: number): Promise<number> {
  return withRuntime(async (runtime) => {
    const ids = new Set<string>()
    const rate = await perSecond(commands, () =>
      ask(callers, commands, async () => {
        const outcome = await runtime.execute(Account.commands.deposit.create(deposit))
        assert.equal(outcome.outcome === 'accepted' && outcome.version, 1)
        if (outcome.outcome === 'accepted') ids.add(outcome.id)
      }),
    )
    assert.equal(ids.size, commands, 'every command made an account of its own')
    return rate
  })
}

/** The same, but all commands go to one account. */
export function commandsOnOneStream(callers: number, commands: number): Promise<number> {
  return withRuntime(async (runtime) => {
    const versions = new Set<number>()
    const rate = await perSecond(commands, () =>
      ask(callers, commands, async () => {
        const outcome = await runtime.execute(Account.commands.deposit('hot', deposit))
        if (outcome.outcome === 'accepted') versions.add(outcome.version)
      }),
    )
    assert.equal(versions.size, commands, 'every command has a version of its own')
    assert.equal(Math.max(...versions), commands)
    return rate
  })
}

function withRuntime(measure: (runtime: Runtime) => Promise<number>): Promise<number> {
  return inTemporaryFolder(async (directory) => {
    const runtime = await startRuntime(withoutReadModel, { engine: sqliteEngine({ directory }) })
    try {
      return await measure(runtime)
    } finally {
      await runtime.stop()
    }
  })
}
