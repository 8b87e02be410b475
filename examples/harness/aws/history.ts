import type { LocalCloud } from '@weir/aws/local'
import { dynamodbEngine } from '@weir/engine-dynamodb'
import { postgresReadModels } from '@weir/engine-postgres'
import type { App } from 'weir'
import { checkHistory, type HistoryReport } from 'weir/runtime'

/** Compares the documents on a local cloud with what a pure fold of its events gives. */
export async function historyOn(cloud: LocalCloud, app: App): Promise<HistoryReport> {
  const { dynamodb: endpoint, database: url = '' } = cloud.endpoints
  const find = (ending: string) => cloud.tables.find((table) => table.endsWith(`-${app.name}-${ending}`)) ?? ''
  const open = dynamodbEngine({
    tables: () => ({ events: find('events'), index: find('index') }),
    readModels: postgresReadModels({ url, connections: 2, readOnly: true }),
    ...{ endpoint, region: 'us-east-1', readOnly: true },
  })
  const engine = await open(app.name)
  try {
    return await checkHistory(app, { engine })
  } finally {
    await engine.close()
  }
}
