import type { LocalCloud } from '@weir/aws/local'
import { dynamodbEngine } from '@weir/engine-dynamodb'
import { postgresReadModels } from '@weir/engine-postgres'
import { startRuntime } from 'weir/runtime'
import { Account, deposit } from '../definitions.ts'
import { ask } from '../measure.ts'
import { accounts } from '../rebuild/app.ts'

const CALLERS = 256

/** Makes history: deposits into one account after the other, so that many of them are one commit each. */
export async function record(cloud: LocalCloud, streams: number, each: number): Promise<void> {
  const { dynamodb: endpoint, database: url = '' } = cloud.endpoints
  const engine = dynamodbEngine({
    tables: () => ({ events: 'bench-accounts-events', index: 'bench-accounts-index' }),
    readModels: postgresReadModels({ url, connections: 2 }),
    ...{ endpoint, region: 'us-east-1', places: false },
  })
  const runtime = await startRuntime(accounts, { engine, works: false })
  await ask(CALLERS, streams * each, async (index) => {
    const id = `account-${Math.floor(index / each)}`
    const { outcome } = await runtime.execute(Account.commands.deposit(id, deposit))
    if (outcome !== 'accepted') throw new Error(`A deposit is ${outcome}`)
  })
  await runtime.stop()
}
