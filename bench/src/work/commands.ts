import { strict as assert } from 'node:assert'
import { type Runtime, startRuntime } from 'weir/runtime'
import { Account, deposit, withoutReadModel } from '../definitions.ts'
import { engineAt } from '../engine.ts'
import { ask, perSecond } from '../measure.ts'

/** Durable commands per second in one process: each creates an account. */
export function commandsOnDistinctStreams(place: string, callers: number, commands: number): Promise<number> {
  return withRuntime(place, async (runtime) => {
    const ids: string[] = []
    const once = async () => {
      const outcome = await runtime.execute(Account.commands.deposit.create(deposit))
      if (outcome.outcome === 'accepted' && outcome.version === 1) ids.push(outcome.id)
    }
    const rate = await perSecond(commands, () => ask(callers, commands, once))
    assert.equal(new Set(ids).size, commands, 'every command made an account of its own')
    return rate
  })
}

/** The same, but all commands go to one account. */
export function commandsOnOneStream(place: string, callers: number, commands: number): Promise<number> {
  return withRuntime(place, async (runtime) => {
    const versions: number[] = []
    const once = async () => {
      const outcome = await runtime.execute(Account.commands.deposit('hot', deposit))
      if (outcome.outcome === 'accepted') versions.push(outcome.version)
    }
    const rate = await perSecond(commands, () => ask(callers, commands, once))
    const inOrder = versions.toSorted((a, b) => a - b)
    assert.ok(inOrder.every((version, index) => version === index + 1) && inOrder.length === commands)
    return rate
  })
}

async function withRuntime(place: string, measure: (runtime: Runtime) => Promise<number>): Promise<number> {
  const runtime = await startRuntime(withoutReadModel, { engine: engineAt(place) })
  try {
    await warmUp(runtime)
    return await measure(runtime)
  } finally {
    await runtime.stop()
  }
}

/** Lets the compiler see the code before it is measured. */
export function warmUp(runtime: Runtime): Promise<void> {
  return ask(64, 20_000, async () => {
    await runtime.execute(Account.commands.deposit.create(deposit))
  })
}
