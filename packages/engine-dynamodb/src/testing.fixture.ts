import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { memoryEngine } from 'weir/memory'
import type { Append, AppendResult, Engine, EventStore, Expectation, OpenReadModels } from 'weir/ports'
import { Dynamo } from './dynamo.ts'
import { type DynamodbOptions, dynamodbEngine } from './engine.ts'
import { type Dynoxide, startDynoxide } from './local/index.ts'
import { createTables, type TableNames } from './tables.ts'

/** A DynamoDB for the tests of a file, and what they open on it: closed after each test. */
export interface Stage {
  readonly endpoint: string
  /** Names of tables that nobody else has. */
  names(): TableNames
  /** The way to tables, which are made; through another endpoint, if one is given. */
  dynamo(tables?: TableNames, endpoint?: string): Promise<Dynamo>
  /** An engine on tables, which are made; several may be open on the same ones. */
  open(tables: TableNames, options?: Partial<DynamodbOptions>): Promise<Engine>
}

export function useStage(): Stage {
  let dynoxide: Dynoxide
  let closing: (() => Promise<void> | void)[] = []
  beforeAll(async () => {
    dynoxide = await startDynoxide()
  })
  afterEach(async () => {
    const all = closing
    closing = []
    await Promise.all(all.map((close) => close()))
  })
  afterAll(async () => {
    await dynoxide.stop()
  })
  const names = () => {
    const prefix = `test-${randomUUID()}`
    return { events: `${prefix}-events`, index: `${prefix}-index` }
  }
  return {
    get endpoint() {
      return dynoxide.endpoint
    },
    names,
    dynamo: async (tables = names(), endpoint = dynoxide.endpoint) => {
      const dynamo = new Dynamo({ tables, endpoint })
      closing.push(() => dynamo.close())
      await createTables(dynamo)
      return dynamo
    },
    open: async (tables, options) => {
      const open = dynamodbEngine({
        tables: () => tables,
        endpoint: dynoxide.endpoint,
        readModels: inMemory(),
        createTables: true,
        ...options,
      })
      const engine = await open('test')
      closing.push(() => engine.close())
      return engine
    },
  }
}

/** Documents in memory, which outlive an engine that is closed. */
export function inMemory(): OpenReadModels {
  const open = memoryEngine()
  return (application) => open(application)
}

/** An append of one stream. */
export function one(stream: string, expected: Expectation, count = 1): Append {
  const payload = count === 0 ? '' : JSON.stringify(Array(count).fill({ stream, id: randomUUID() }))
  return { streams: [{ stream, expected, count, payload }], commands: [] }
}

/** Appends a single member. */
export async function append(events: EventStore, member: Append): Promise<AppendResult> {
  const [result] = await events.append([member])
  if (!result) throw new Error('append must answer every member')
  return result
}

/** The versions of each stream in the feed, in the order in which they come. */
export async function feedOf(events: EventStore): Promise<Map<string, number[]>> {
  const streams = new Map<string, number[]>()
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await events.readFeed(cursor, 1_000)
    for (const { stream, version } of page.commits) streams.set(stream, [...(streams.get(stream) ?? []), version])
    cursor = page.cursor
    more = page.more
  }
  return streams
}

/** Waits until something holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}
