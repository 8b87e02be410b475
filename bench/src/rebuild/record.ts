import { sqliteEngine } from '@weir/engine-sqlite'
import { startRuntime } from 'weir/runtime'
import { Account, deposit } from '../definitions.ts'
import { ask } from '../measure.ts'
import { accounts } from './app.ts'

const CALLERS = 512

/** Makes history: deposits into accounts in turn. Run in a process of its own: `record.ts <folder> <accounts> <deposits each>`. */
const [directory = '', streams = '', each = ''] = process.argv.slice(2)
const runtime = await startRuntime(accounts, { engine: sqliteEngine({ directory }) })
await ask(CALLERS, Number(streams) * Number(each), async (index) => {
  const id = `account-${index % Number(streams)}`
  const { outcome } = await runtime.execute(Account.commands.deposit(id, deposit))
  if (outcome !== 'accepted') throw new Error(`A deposit is ${outcome}`)
})
await runtime.settled()
await runtime.stop()
