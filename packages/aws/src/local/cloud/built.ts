import { instantiate, type Resource } from '../template/instantiate.ts'
import { served } from '../template/support.ts'
import { type Emulators, startEmulators, timed } from './emulators.ts'
import type { Ground } from './ground.ts'
import { makeQueues, makeTopics } from './messages.ts'
import { makeTables, type Table } from './tables.ts'

/** The resources of a template, with those of them made that hold data and messages. */
export interface Built extends Emulators {
  readonly ground: Ground
  readonly resources: readonly Resource[]
  readonly tables: readonly Table[]
  ofType(...types: string[]): Resource[]
}

export async function build(ground: Ground, opened: AsyncDisposableStack): Promise<Built> {
  const { assembly, region, options, onProgress } = ground
  const nowhere = { region, queues: '', postgres: { host: '', port: 0 } }
  const needsDatabase = instantiate(assembly, nowhere).some(({ type }) => type === served.cluster)
  const emulators = await startEmulators(ground, needsDatabase, opened)
  const { messaging, dynamodb, database } = emulators
  const places = { region, queues: messaging.endpoint, postgres: database ?? nowhere.postgres }
  const resources = instantiate(assembly, places)
  const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(type))
  const tables = await timed(
    'tables, queues and topics',
    async () => {
      await makeQueues(messaging, ofType(served.queue), options.visibilityTimeout)
      await makeTopics(messaging, ofType(served.topic), ofType(served.subscription))
      return makeTables(dynamodb.call, ofType(served.table, served.globalTable))
    },
    onProgress,
  )
  return { ...emulators, ground, resources, tables, ofType }
}
