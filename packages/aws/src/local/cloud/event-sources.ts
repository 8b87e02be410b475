import type { AwsCall } from '../emulators/aws-json.ts'
import type { Kept } from '../emulators/kept.ts'
import type { Messaging } from '../emulators/queues.ts'
import { LocalCloudError } from '../errors.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import type { Mapping } from '../mappings/mapping.ts'
import { matches } from '../mappings/pattern.ts'
import { mapQueue } from '../mappings/queue-mapping.ts'
import { mapStream, type StreamRecord } from '../mappings/stream-mapping.ts'
import type { Resource } from '../template/instantiate.ts'
import type { Log } from './log.ts'
import type { Table } from './tables.ts'

/** What event source mappings are made between. */
export interface Wires {
  readonly region: string
  readonly messaging: Messaging
  readonly dynamodb: AwsCall
  readonly queues: readonly Resource[]
  readonly tables: readonly Table[]
  readonly functions: (nameOrArn: string) => LambdaFunction
  readonly kept: Kept
  readonly log: Log
}

/** Batches of one queue at the same time, where the template sets no bound. */
const concurrency = 10

/** @throws LocalCloudError when its source is none that a local cloud has */
export function mapSource(resource: Resource, wires: Wires): Mapping | undefined {
  const { EventSourceArn, FunctionName, Enabled = true, FunctionResponseTypes = [] } = resource.properties
  if (String(Enabled) === 'false') return undefined
  const target = wires.functions(FunctionName)
  const isPartial = FunctionResponseTypes.includes('ReportBatchItemFailures')
  const queue = wires.queues.find(({ arn }) => arn === EventSourceArn)
  if (queue) return queueSource(queue, target, isPartial, resource, wires)
  const table = wires.tables.find(({ arn }) => arn === EventSourceArn)
  if (table?.streamArn) return streamSource(table.streamArn, target, isPartial, resource, wires)
  throw new LocalCloudError(
    `${resource.id} feeds ${target.name} from ${EventSourceArn}, which is neither a queue nor a table with a stream of this application.`,
  )
}

function queueSource(
  { ref: url, arn }: Resource,
  target: LambdaFunction,
  isPartial: boolean,
  { properties }: Resource,
  { messaging, region, log }: Wires,
): Mapping {
  const { BatchSize = 10, ScalingConfig } = properties
  return mapQueue(messaging, target, {
    queue: { url, arn, region },
    batchSize: Number(BatchSize),
    concurrency: Math.min(concurrency, Number(ScalingConfig?.MaximumConcurrency ?? concurrency)),
    isPartial,
    failed: (error) => log.wrote(target.name, `The queue cannot be asked: ${error}`),
  })
}

function streamSource(
  streamArn: string,
  target: LambdaFunction,
  isPartial: boolean,
  { id, properties }: Resource,
  { dynamodb, region, kept, log }: Wires,
): Mapping {
  const filters: string[] = (properties.FilterCriteria?.Filters ?? []).map(
    ({ Pattern }: { Pattern: string }) => Pattern,
  )
  const patterns = filters.map((filter) => JSON.parse(filter))
  return mapStream(dynamodb, target, {
    streamArn,
    region,
    batchSize: Number(properties.BatchSize ?? 100),
    window: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
    isPartial,
    bisects: properties.BisectBatchOnFunctionError === true,
    retries: Number(properties.MaximumRetryAttempts ?? -1),
    from: properties.StartingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON',
    wants: (record) => patterns.length === 0 || patterns.some((pattern) => matches(pattern, record)),
    checkpoint: {
      get: (shard) => kept.get(`${id} ${shard}`),
      set: (shard, sequence) => kept.set(`${id} ${shard}`, sequence),
    },
    failed: (error) => log.wrote(target.name, `The stream cannot be read: ${error}`),
    gaveUp: (records) => log.wrote(target.name, gaveUp(records)),
  })
}

function gaveUp(records: readonly StreamRecord[]): string {
  return `Records were given up after all retries: ${records.map(({ dynamodb }) => dynamodb.SequenceNumber).join(', ')}`
}
