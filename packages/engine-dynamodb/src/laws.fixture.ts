import { randomUUID } from 'node:crypto'
import type { SetUp } from '@weir/conformance'
import type { OpenReadModels } from 'weir/ports'
import { withRealIo } from 'weir/testing'
import { dynamodbEngine } from './engine.ts'
import { inMemory, useStage } from './testing.fixture.ts'

/** Stores for the laws of a file: one DynamoDB for all, tables for each. */
export function setUpInTables(readModels: () => OpenReadModels = () => inMemory()): SetUp {
  const stage = useStage()
  return async () => {
    const application = `test-${randomUUID()}`
    const options = { tables: '', endpoint: stage.endpoint, readModels: readModels(), createTables: true }
    const open = withRealIo(dynamodbEngine(options))
    let engine = await open(application)
    const reopen = async () => {
      await engine.close()
      engine = await open(application)
      return engine
    }
    return { engine, reopen, dispose: () => engine.close() }
  }
}
