import { once } from 'node:events'
import { startRuntime } from 'weir/runtime'
import { Account, deposit, withoutReadModel } from '../definitions.ts'
import { engineAt } from '../engine.ts'
import { ask } from '../measure.ts'
import { warmUp } from './commands.ts'

/** One of several processes with commands for the same account: `hot-process.ts <place> <callers> <commands>`. */
const [place = '', callers, commands] = process.argv.slice(2)
const runtime = await startRuntime(withoutReadModel, { engine: engineAt(place) })
await warmUp(runtime)
process.send?.([])
await once(process, 'message')
const versions: number[] = []
await ask(Number(callers), Number(commands), async () => {
  const outcome = await runtime.execute(Account.commands.deposit('hot', deposit))
  if (outcome.outcome === 'accepted') versions.push(outcome.version)
})
process.send?.(versions)
await runtime.stop()
process.disconnect()
