import { randomBytes } from 'node:crypto'
import { execute, startPostgres } from '@weir/test-postgres'
import type { EngineName } from './engine.ts'
import { inTemporaryFolder } from './measure.ts'

/** Gives each work an empty place of its own, a folder or the URL of a database, that is removed afterwards. */
export interface Places {
  /** Of what else the figures depend on, for the report. */
  readonly server: string | undefined
  use<Result>(run: (place: string) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/**
 * For PostgreSQL, on the server of `DATABASE_URL` or `TEST_DATABASE_URL` (its user may create databases), else on one that
 * is started for this run.
 */
export async function openPlaces(engine: EngineName): Promise<Places> {
  if (engine === 'sqlite') return { server: undefined, use: inTemporaryFolder, close: async () => {} }
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
