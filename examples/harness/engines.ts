import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresEngine } from '@weir/engine-postgres'
import { sqliteEngine } from '@weir/engine-sqlite'
import { type TestDatabase, testDatabase } from '@weir/test-postgres'
import { afterAll } from 'vitest'
import { memoryEngine } from 'weir/memory'
import type { OpenEngine } from 'weir/ports'
import { withRealIo } from 'weir/testing'

/** A place of its own to keep data in, and how to clear it away. */
export interface Store {
  readonly engine: OpenEngine
  dispose(): void
}

export type EngineName = 'memory' | 'sqlite' | 'postgres'

/** Every engine that the examples are tested on. */
export const engines: Readonly<Record<EngineName, () => Promise<Store>>> = {
  memory: async () => ({ engine: memoryEngine(), dispose: () => {} }),
  sqlite: async () => {
    const directory = mkdtempSync(join(tmpdir(), 'weir-examples-'))
    return {
      engine: sqliteEngine({ directory }),
      dispose: () => rmSync(directory, { recursive: true, force: true }),
    }
  },
  postgres: async () => {
    const { url } = await theDatabase()
    const number = stores++
    // A store is a schema that is named as the application.
    const open = postgresEngine({ url, connections: 4 })
    return { engine: withRealIo((application) => open(`${application}-${number}`)), dispose: () => {} }
  },
}

let stores = 0
let database: Promise<TestDatabase> | undefined

/** One for all tests of a file, which is dropped after them. */
function theDatabase(): Promise<TestDatabase> {
  database ??= testDatabase()
  return database
}

afterAll(async () => {
  await (await database)?.drop()
})
