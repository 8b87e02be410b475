import type { SetUp } from '@weir/conformance'
import { type TestDatabase, testDatabase } from '@weir/test-postgres'
import { afterAll, beforeAll } from 'vitest'
import type { Engine } from 'weir/ports'
import { withRealIo } from 'weir/testing'
import { postgresEngine } from './index.ts'

/**
 * Stores for the laws of a file: one database for all, a schema for each.
 *
 * @param open opens the store that a schema is for; by default as applications do
 */
export function setUpInSchemas(open: (url: string, schema: string) => Promise<Engine> = openAsUsual): SetUp {
  let database: TestDatabase
  let made = 0
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(async () => {
    await database.drop()
  })
  return async () => {
    made += 1
    const schema = `test ${made}`
    let engine = await open(database.url, schema)
    const reopen = async () => {
      await engine.close()
      engine = await open(database.url, schema)
      return engine
    }
    return { engine, reopen, dispose: () => engine.close() }
  }
}

function openAsUsual(url: string, schema: string): Promise<Engine> {
  return withRealIo(postgresEngine({ url }))(schema)
}
