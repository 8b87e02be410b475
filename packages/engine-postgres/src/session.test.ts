import { engineLaws, eventStoreLaws } from '@weir/conformance'
import { findPooler, type Pooler, startPooler } from '@weir/test-postgres'
import { afterAll, it } from 'vitest'
import { Database } from './database.ts'
import { openEngine } from './engine.ts'
import { setUpInSchemas } from './laws.fixture.ts'

// Nothing may rest on the session: each statement or transaction may find itself on a connection of its own.

/** A new connection takes more than ten times as long as most queries. */
const every = 4

const fresh = setUpInSchemas((url, schema) =>
  openEngine(new Database({ url, schema, connections: 40, maxUses: 1 }), { listen: false }),
)

eventStoreLaws('postgres, with a new connection for each query', fresh, every)
engineLaws('postgres, with a new connection for each query', fresh)

const program = findPooler()
if (program === undefined) {
  it.skip('event store: postgres, through PgBouncer in transaction mode (there is no pgbouncer in PATH)')
} else {
  const poolers = new Map<string, Promise<Pooler>>()
  afterAll(async () => {
    for (const pooler of poolers.values()) await (await pooler).stop()
  })
  const pooled = setUpInSchemas(async (url, schema) => {
    const pooler = poolers.get(url) ?? startPooler(program, url)
    poolers.set(url, pooler)
    return openEngine(new Database({ url: (await pooler).url, schema, connections: 8 }), {})
  })
  eventStoreLaws('postgres, through PgBouncer in transaction mode', pooled)
  engineLaws('postgres, through PgBouncer in transaction mode', pooled)
}
