import {
  BatchExecuteStatementCommand,
  type BatchStatementError,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Commit } from 'weir/ports'
import type { Item } from './batch-get.ts'
import { keyOf, toItem } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import { isPassing, nameOf } from './errors.ts'
import { isLong } from './key.ts'
import { backOff, patience } from './patience.ts'

/** How many statements a batch may hold, and about how much text. */
const maxStatements = 25
const maxText = 2_000_000

/** A commit to be put where none is, and what its caller waits for. */
interface Put {
  readonly commit: Commit
  readonly writing: string
  attempts: number
  readonly resolve: (isDone: boolean) => void
  readonly reject: (error: unknown) => void
}

/**
 * Puts commits of one stream each, where none is yet. Those that are asked for at the same time share calls: one as
 * `PutItem`, several as a batch of PartiQL, in which each is judged by itself and costs what it costs alone.
 *
 * 1. A put that may have taken effect without an answer is tried again like any other: what is there then is told by its
 *    writing. So a put is never refused because of itself, and never done twice.
 */
export class Puts {
  readonly #dynamo: Dynamo
  readonly #insert: { readonly short: string; readonly long: string }
  #waiting: Put[] = []

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo
    const insert = (names: readonly string[]) =>
      `INSERT INTO "${dynamo.tables.events}" VALUE {${names.map((name) => `'${name}': ?`).join(', ')}}`
    this.#insert = { short: insert(['S', 'N', 'n', 'p', 'w']), long: insert(['S', 'N', 'n', 'p', 'w', 's']) }
  }

  /** Resolves to false when another commit is there. */
  put(commit: Commit, writing: string): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    this.#add({ commit, writing, attempts: 1, resolve, reject })
    return promise
  }

  #add(put: Put): void {
    this.#waiting.push(put)
    if (this.#waiting.length === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const batch of cut(waiting)) void this.#send(batch)
  }

  async #send(batch: readonly Put[]): Promise<void> {
    const [first] = batch
    try {
      if (first && batch.length === 1) await this.#sendOne(first)
      else await this.#sendBatch(batch)
    } catch (error) {
      for (const put of batch) void this.#retry(put, error)
    }
  }

  async #sendOne(put: Put): Promise<void> {
    const { commit, writing } = put
    const command = new PutItemCommand({
      TableName: this.#dynamo.tables.events,
      Item: toItem(commit, writing),
      ConditionExpression: 'attribute_not_exists(S)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    try {
      await this.#dynamo.sendOnce(command)
      put.resolve(true)
    } catch (error) {
      if (nameOf(error) !== 'ConditionalCheckFailedException') throw error
      put.resolve((error as { Item?: Item }).Item?.w?.S === writing)
    }
  }

  async #sendBatch(batch: readonly Put[]): Promise<void> {
    const Statements = batch.map(({ commit, writing }) => {
      const { S, N, n, p, w, s } = toItem(commit, writing)
      const parameters = [S, N, n, p, w, s].filter((value) => value !== undefined)
      return { Statement: isLong(commit.stream) ? this.#insert.long : this.#insert.short, Parameters: parameters }
    })
    const { Responses = [] } = await this.#dynamo.sendOnce(new BatchExecuteStatementCommand({ Statements }))
    for (const [index, put] of batch.entries()) {
      const error = Responses[index]?.Error
      if (!error) put.resolve(true)
      else if (error.Code === 'DuplicateItem') void this.#compare(put)
      else void this.#retry(put, toError(error))
    }
  }

  /** Whether what is there is what was to be put. */
  async #compare(put: Put): Promise<void> {
    const { stream, version } = put.commit
    const command = new GetItemCommand({
      TableName: this.#dynamo.tables.events,
      Key: keyOf(stream, version),
      ConsistentRead: true,
      ProjectionExpression: 'w',
    })
    await this.#dynamo.send(command).then(({ Item }) => put.resolve(Item?.w?.S === put.writing), put.reject)
  }

  async #retry(put: Put, error: unknown): Promise<void> {
    if (put.attempts >= patience.attempts || !isPassing(error)) {
      await this.#dynamo.translate(Promise.reject(error)).catch(put.reject)
      return
    }
    await backOff(put.attempts)
    put.attempts += 1
    this.#add(put)
  }
}

/** Cuts what waits into batches. */
function cut(waiting: readonly Put[]): Put[][] {
  const batches: Put[][] = []
  let text = 0
  for (const put of waiting) {
    const last = batches.at(-1)
    text += put.commit.payload.length
    if (last && last.length < maxStatements && text <= maxText) last.push(put)
    else {
      batches.push([put])
      text = put.commit.payload.length
    }
  }
  return batches
}

/** The errors of statements have names of their own. */
const names: Readonly<Record<string, string>> = {
  ProvisionedThroughputExceeded: 'ProvisionedThroughputExceededException',
  ThrottlingError: 'ThrottlingException',
  TransactionConflict: 'TransactionConflictException',
  ResourceNotFound: 'ResourceNotFoundException',
  AccessDenied: 'AccessDeniedException',
}

function toError({ Code, Message }: BatchStatementError): Error {
  const code: string = Code ?? 'UnknownError'
  const error = new Error(Message ?? code)
  error.name = names[code] ?? code
  return error
}
