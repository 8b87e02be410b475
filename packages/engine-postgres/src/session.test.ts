import { engineLaws, eventStoreLaws, type SetUp } from '@weir/conformance'
import { findPooler, type Pooler, startPooler, type TestDatabase, testDatabase } from '@weir/test-postgres'
import { afterAll, beforeAll, it, vi } from 'vitest'
import type { Engine } from 'weir/ports'
import { Database } from './database.ts'
import { openEngine } from './engine.ts'

// Nothing may rest on the session: each statement or transaction may find itself on a connection of its own.

// A new connection takes more than ten times as long as most queries.
vi.setConfig({ testTimeout: 180_000 })

let database: TestDatabase
let made = 0

beforeAll(async () => {
  database = await testDatabase()
})

afterAll(async () => {
  await database.drop()
})

function setUpWith(open: (schema: string) => Promise<Engine>): SetUp {
  return async () => {
    made += 1
    const schema = `test ${made}`
    let engine = await open(schema)
    const reopen = async () => {
      await engine.close()
      engine = await open(schema)
      return engine
    }
    return { engine, reopen, dispose: () => engine.close() }
  }
}

const fresh = setUpWith((schema) =>
  openEngine(new Database({ url: database.url, schema, connections: 40, maxUses: 1 }), { listen: false }),
)

eventStoreLaws('postgres, with a new connection for each query', fresh)
engineLaws('postgres, with a new connection for each query', fresh)

const program = findPooler()
if (program === undefined) {
  it.skip('event store: postgres, through PgBouncer in transaction mode (there is no pgbouncer in PATH)')
} else {
  let pooler: Pooler
  beforeAll(async () => {
    pooler = await startPooler(program, database.url)
  })
  afterAll(async () => {
    await pooler.stop()
  })
  const pooled = setUpWith((schema) => openEngine(new Database({ url: pooler.url, schema, connections: 8 }), {}))
  eventStoreLaws('postgres, through PgBouncer in transaction mode', pooled)
  engineLaws('postgres, through PgBouncer in transaction mode', pooled)
}
