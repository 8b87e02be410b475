import { setTimeout as pause } from 'node:timers/promises'
import type { AwsCall } from '../emulators/aws-json.ts'
import type { Invoked, LambdaFunction } from '../lambda/function.ts'
import { failedItems, type Mapping } from './mapping.ts'

export interface StreamRecord {
  readonly eventID: string
  readonly eventName: string
  readonly dynamodb: { readonly SequenceNumber: string; readonly ApproximateCreationDateTime: number }
}

export interface StreamMappingOptions {
  readonly streamArn: string
  readonly region: string
  readonly batchSize: number
  /** Seconds to wait for a full batch. */
  readonly window: number
  readonly isPartial: boolean
  /** Whether a batch that failed is divided. */
  readonly bisects: boolean
  /** How often a batch is tried again before it is given up; for ever if negative. */
  readonly retries: number
  readonly from: 'TRIM_HORIZON' | 'LATEST'
  /** What is not wanted is left out. */
  readonly wants: (record: StreamRecord) => boolean
  /** Up to which record of a shard all is done; kept over restarts. */
  readonly checkpoint: { get(shard: string): string | undefined; set(shard: string, sequence: string): void }
  /** Told when the stream could not be read; it is tried again. */
  readonly failed: (error: unknown) => void
  /** Told of records that were given up. */
  readonly gaveUp: (records: readonly StreamRecord[]) => void
}

/** Milliseconds between two looks at a stream with nothing new: short while something goes on, longer after that. */
const look = { busy: 20, idle: 200, busyFor: 2_000 }

/** Milliseconds before a batch that failed is tried again; twice as long each time. */
const retry = { first: 100, longest: 5_000 }

const streams = 'DynamoDBStreams_20120810'

/**
 * Hands the records of a table's stream to a function, shard by shard.
 *
 * 1. Records of a shard are handed over in their order, one batch after the other.
 * 2. A batch that failed is tried again, from the first record that is said to have failed; nothing behind it is handed over
 *    before it is done or given up.
 */
export function mapStream(call: AwsCall, target: LambdaFunction, options: StreamMappingOptions): Mapping {
  const stopping = new AbortController()
  const shards = shardsOf(call, options.streamArn).then((ids) =>
    ids.map((id) => new Shard(call, target, options, id, stopping.signal)),
  )
  const following = shards.then((all) => Promise.all(all.map((shard) => shard.follow())))
  return {
    caughtUp: async () => {
      await Promise.all((await shards).map((shard) => shard.caughtUp()))
    },
    stop: async () => {
      stopping.abort()
      await following
    },
  }
}

async function shardsOf(call: AwsCall, StreamArn: string): Promise<string[]> {
  const { StreamDescription } = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    `${streams}.DescribeStream`,
    { StreamArn },
  )
  return StreamDescription.Shards.map(({ ShardId }) => ShardId)
}

class Shard {
  readonly #call: AwsCall
  readonly #target: LambdaFunction
  readonly #options: StreamMappingOptions
  readonly #id: string
  readonly #stopping: AbortSignal
  readonly #waiting: (() => void)[] = []
  #iterator: string | undefined
  #busyUntil = 0
  #wake: () => void = () => {}

  constructor(call: AwsCall, target: LambdaFunction, options: StreamMappingOptions, id: string, stopping: AbortSignal) {
    this.#call = call
    this.#target = target
    this.#options = options
    this.#id = id
    this.#stopping = stopping
  }

  async follow(): Promise<void> {
    while (!this.#stopping.aborted) {
      await this.#step().catch(async (error: unknown) => {
        // The stream is asked again from where all is done.
        this.#iterator = undefined
        await this.#pause(retry.first)
        if (!this.#stopping.aborted) this.#options.failed(error)
      })
    }
    for (const go of this.#waiting.splice(0)) go()
  }

  /** Resolves when a read that was begun after this call has found nothing. */
  caughtUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    this.#wake()
    return this.#stopping.aborted ? Promise.resolve() : promise
  }

  async #step(): Promise<void> {
    const waiting = this.#waiting.splice(0)
    const records = await this.#read()
    if (records.length > 0) {
      this.#waiting.unshift(...waiting)
      this.#busyUntil = performance.now() + look.busyFor
      return this.#handle(records, 0)
    }
    for (const go of waiting) go()
    if (this.#waiting.length === 0) await this.#pause(performance.now() < this.#busyUntil ? look.busy : look.idle)
  }

  async #read(): Promise<readonly StreamRecord[]> {
    const { batchSize, window } = this.#options
    const records = await this.#next(batchSize)
    const end = performance.now() + window * 1000
    while (records.length > 0 && records.length < batchSize && performance.now() < end && !this.#stopping.aborted) {
      await this.#pause(look.busy)
      records.push(...(await this.#next(batchSize - records.length)))
    }
    return records
  }

  async #next(Limit: number): Promise<StreamRecord[]> {
    this.#iterator ??= await this.#start()
    const { Records, NextShardIterator } = await this.#call<{ Records: StreamRecord[]; NextShardIterator?: string }>(
      `${streams}.GetRecords`,
      { ShardIterator: this.#iterator, Limit },
    )
    this.#iterator = NextShardIterator
    return Records
  }

  async #start(): Promise<string> {
    const { streamArn: StreamArn, checkpoint, from } = this.#options
    const SequenceNumber = checkpoint.get(this.#id)
    const position =
      SequenceNumber === undefined
        ? { ShardIteratorType: from }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber }
    const { ShardIterator } = await this.#call<{ ShardIterator: string }>(`${streams}.GetShardIterator`, {
      ...{ StreamArn, ShardId: this.#id, ...position },
    })
    return ShardIterator
  }

  /** Hands records over until all are done, or given up, or the mapping stops. */
  async #handle(records: readonly StreamRecord[], attempt: number): Promise<void> {
    const wanted = records.filter(this.#options.wants)
    const failed = wanted.length === 0 ? undefined : await this.#invoke(wanted)
    const rest = failed ? records.slice(records.indexOf(failed)) : []
    this.#done(records.slice(0, records.length - rest.length))
    if (rest.length === 0 || this.#stopping.aborted) return
    await this.#again(rest, rest.length < records.length ? 0 : attempt)
  }

  async #again(records: readonly StreamRecord[], attempt: number): Promise<void> {
    const { retries, bisects, gaveUp } = this.#options
    await this.#pause(Math.min(retry.longest, retry.first * 2 ** attempt))
    if (this.#stopping.aborted) return
    if (bisects && records.length > 1) {
      const middle = Math.ceil(records.length / 2)
      await this.#handle(records.slice(0, middle), 0)
      return this.#handle(records.slice(middle), 0)
    }
    if (retries < 0 || attempt < retries) return this.#handle(records, attempt + 1)
    gaveUp(records)
    this.#done(records)
  }

  /** The first record that was not handled. */
  async #invoke(records: readonly StreamRecord[]): Promise<StreamRecord | undefined> {
    const { streamArn: eventSourceARN, region: awsRegion, isPartial } = this.#options
    const invoked: Invoked = await this.#target.invoke({
      Records: records.map((record) => ({ ...record, awsRegion, eventSourceARN })),
    })
    const sequences = new Set(records.map(({ dynamodb }) => dynamodb.SequenceNumber))
    const failed = failedItems(invoked, sequences, isPartial)
    if (failed === undefined) return records[0]
    return records.find(({ dynamodb }) => failed.includes(dynamodb.SequenceNumber))
  }

  #done(records: readonly StreamRecord[]): void {
    const last = records.at(-1)
    if (last && !this.#stopping.aborted) this.#options.checkpoint.set(this.#id, last.dynamodb.SequenceNumber)
  }

  /** Ends early when somebody waits for what there is, or the mapping stops. */
  async #pause(milliseconds: number): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await pause(milliseconds, undefined, { signal: AbortSignal.any([this.#stopping, woken.signal]) }).catch(() => {})
  }
}
