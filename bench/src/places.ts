import { randomBytes } from 'node:crypto'
import { startDynoxide } from '@weir/engine-dynamodb/local'
import { execute, startPostgres } from '@weir/test-postgres'
import type { EngineName } from './engine.ts'
import { inTemporaryFolder } from './measure.ts'

/**
 * Gives each work an empty place of its own that is removed afterwards: a folder, the URL of a database, the endpoint of a
 * DynamoDB of this machine, or nothing for memory.
 */
export interface Places {
  /** Of what else the figures depend on, for the report. */
  readonly server: string | undefined
  use<Result>(run: (place: string) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** Makes places on an engine. */
export function openPlaces(engine: EngineName | 'dynamodb' | 'memory'): Promise<Places> {
  return opening[engine]()
}

const opening = {
  sqlite: async (): Promise<Places> => ({ server: undefined, use: inTemporaryFolder, close: async () => {} }),
  postgres: onPostgres,
  dynamodb: async (): Promise<Places> => ({ server: 'dynoxide', use: withDynoxide, close: async () => {} }),
  memory: async (): Promise<Places> => ({ server: undefined, use: (run) => run(''), close: async () => {} }),
}

/**
 * On the server of `DATABASE_URL` or `TEST_DATABASE_URL` (its user may create databases), else on one that is started for
 * this run.
 */
async function onPostgres(): Promise<Places> {
  const given = process.env.DATABASE_URL || process.env.TEST_DATABASE_URL
  const own = given ? undefined : await startPostgres()
  const url = given || (own?.url ?? '')
  const [row] = await execute(url, `SELECT current_setting('server_version') AS version`)
  return {
    server: `PostgreSQL ${row?.version}`,
    use: (run) => inOwnDatabase(url, run),
    close: async () => own?.remove(),
  }
}

/** The emulator takes longer for each write, the more its streams hold: so each begins with nothing. */
async function withDynoxide<Result>(run: (endpoint: string) => Promise<Result>): Promise<Result> {
  const { endpoint, stop } = await startDynoxide()
  try {
    return await run(endpoint)
  } finally {
    await stop()
  }
}

async function inOwnDatabase<Result>(server: string, run: (place: string) => Promise<Result>): Promise<Result> {
  const name = `weir_bench_${randomBytes(8).toString('hex')}`
  await execute(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  try {
    return await run(url.href)
  } finally {
    await execute(server, `DROP DATABASE ${name} WITH (FORCE)`)
  }
}
