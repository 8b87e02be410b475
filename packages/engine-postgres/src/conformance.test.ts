import { engineLaws, eventStoreLaws, guaranteeLaws, readModelStoreLaws, type SetUp } from '@weir/conformance'
import { type TestDatabase, testDatabase } from '@weir/test-postgres'
import { afterAll, beforeAll } from 'vitest'
import { withRealIo } from 'weir/testing'
import { postgresEngine } from './index.ts'

let database: TestDatabase
let made = 0

beforeAll(async () => {
  database = await testDatabase()
})

afterAll(async () => {
  await database.drop()
})

/** One database for all, a schema for each. */
const setUp: SetUp = async () => {
  made += 1
  const application = `test ${made}`
  const open = withRealIo(postgresEngine({ url: database.url }))
  let engine = await open(application)
  const reopen = async () => {
    await engine.close()
    engine = await open(application)
    return engine
  }
  return { engine, reopen, dispose: () => engine.close() }
}

eventStoreLaws('postgres', setUp)
readModelStoreLaws('postgres', setUp)
engineLaws('postgres', setUp)
guaranteeLaws('postgres', setUp, 8)
