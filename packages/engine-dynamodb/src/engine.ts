import type { Engine, Logger, OpenEngine, OpenReadModels } from 'weir/ports'
import type { SetAside } from './aside.ts'
import { isAtLeast } from './cursor.ts'
import { Dynamo } from './dynamo.ts'
import { identify, readIdentity } from './epoch.ts'
import { DynamodbEventStore } from './event-store.ts'
import type { SweepOptions } from './sweep.ts'
import { createTables, type TableNames } from './tables.ts'

export interface DynamodbOptions {
  /**
   * The names of the tables of an application: a prefix, to which the application's name is added and `-events` or `-index`,
   * or a function of the application's name.
   */
  readonly tables: string | ((application: string) => TableNames)
  /** Where documents are kept. */
  readonly readModels: OpenReadModels
  /** As the SDK finds it by default: `AWS_REGION`, or what the profile says. */
  readonly region?: string | undefined
  /** Of an emulator; as the SDK finds it by default: `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint?: string | undefined
  /** Makes tables that are missing; by default that is an error. */
  readonly createTables?: boolean
  /**
   * Whether this process places in the feed what it appends, and sweeps for what others have left; it does by default. Where
   * something else does, as a function on the table's stream, it places only what a consistency token asks for.
   */
  readonly places?: boolean
  /** For tools that look at a store, also while others use it: nothing is written, and what would write rejects. */
  readonly readOnly?: boolean
  /** Told of what somebody has to mend: streams that wait because a version of them is missing. Nobody is told by default. */
  readonly logger?: Logger
  /** How it sweeps; for tests. */
  readonly sweep?: SweepOptions
  /** Into how many lanes the feed of a new store is divided, for good; 4 by default. */
  readonly lanes?: number
}

/**
 * The engine for AWS: two tables of DynamoDB an application, and documents elsewhere.
 *
 * @returns a function that opens the store of an application. It throws an `EngineError` when DynamoDB cannot be used, a
 * table is missing or not Weir's, or was written by a newer version.
 * @example
 * const open = dynamodbEngine({ tables: 'shop-', readModels })
 * const engine = await open('coffee') // tables shop-coffee-events, shop-coffee-index
 */
export function dynamodbEngine(options: DynamodbOptions): OpenEngine {
  return async (application) => {
    const dynamo = new Dynamo({ ...options, tables: namesOf(options.tables, application) })
    try {
      return await openEngine(dynamo, application, options)
    } catch (error) {
      dynamo.close()
      throw error
    }
  }
}

async function openEngine(
  dynamo: Dynamo,
  application: string,
  {
    readModels: open,
    createTables: makes = false,
    lanes,
    readOnly = false,
    places = !readOnly,
    sweep,
    logger,
  }: DynamodbOptions,
): Promise<Engine> {
  if (makes) await createTables(dynamo)
  const identity = readOnly ? await readIdentity(dynamo) : await identify(dynamo, lanes)
  const { storeId, epoch } = identity
  const documents = await open(application, { storeId, epoch, isAtLeast })
  const onSetAside = ({ stream, version, reason }: SetAside) =>
    logger?.error({ app: application, stream, version }, reason)
  const events = new DynamodbEventStore(dynamo, identity, { places, readOnly, sweep, onSetAside })
  return {
    storeId,
    epoch,
    events,
    readModels: documents.readModels,
    roster: documents.roster,
    partitions: identity.lanes,
    check: async () => {
      await Promise.all([readIdentity(dynamo), documents.check()])
    },
    close: async () => {
      await events.close()
      await documents.close()
      dynamo.close()
    },
  }
}

function namesOf(tables: DynamodbOptions['tables'], application: string): TableNames {
  if (typeof tables === 'function') return tables(application)
  return { events: `${tables}${application}-events`, index: `${tables}${application}-index` }
}
