import { type GuaranteeSection, guaranteeLaws } from '@weir/conformance'
import { postgresReadModels } from '@weir/engine-postgres'
import { type TestDatabase, testDatabase } from '@weir/test-postgres'
import { afterAll, beforeAll } from 'vitest'
import { setUpInTables } from './laws.fixture.ts'

/** With SOAK, all is tested, and of what is tried at very many places each such one: this takes minutes. */
const { SOAK } = process.env

/** What depends on events and their feed; the rest is about read models, which are those of PostgreSQL, tested there. */
const sections: readonly GuaranteeSection[] = [
  'atomic appends',
  'order',
  'durability',
  'policies',
  'rebuilds',
  'commands',
  'fresh decisions',
  'consistency tokens',
]

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(async () => {
  await database.drop()
})

const setUp = setUpInTables(() => postgresReadModels({ url: database.url, connections: 4 }))

guaranteeLaws('dynamodb', setUp, Number(SOAK || 400), SOAK ? undefined : sections)
