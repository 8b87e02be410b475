import { escapeIdentifier } from 'pg'
import { Database, type Query } from './database.ts'

export interface RolesOptions {
  /** Of an administrator: `postgres://admin:password@host:port/database` */
  readonly url: string
  readonly password?: (() => Promise<string>) | undefined
  /** How long to wait for a connection, in milliseconds; 5 s by default. A database that sleeps takes longer to wake. */
  readonly connectTimeout?: number | undefined
  /** The role that is to own the schemas of applications. */
  readonly writer: string
  /** A role that is to read what `migratePostgres` lets it. */
  readonly reader: string
  /** A role whose members log in without a password, such as `rds_iam`: both become members where it is there. */
  readonly passwordless?: string
  /**
   * Milliseconds after which the server closes connections of these roles that rest; 0: never. Processes that are frozen do
   * not close theirs, and keep a database awake that would sleep.
   */
  readonly idleTimeout?: number
}

/**
 * Makes the roles under which applications run, as far as they are not there. They have no password. The administrator does
 * not become a member of them: where members of `rds_iam` log in by tokens, it could not log in any more.
 *
 * @throws EngineError when the administrator may not do that
 */
export async function makePostgresRoles(options: RolesOptions): Promise<void> {
  const { writer, reader, passwordless, idleTimeout = 0 } = options
  const database = new Database({ ...options, schema: 'public', connections: 1, migrates: true })
  try {
    await database.transaction(async (query) => {
      // Roles belong to the whole server: others may make the same ones at the same time.
      await query("SELECT pg_advisory_xact_lock(hashtext('weir roles'))")
      for (const role of [writer, reader]) {
        await makeRole(query, role, passwordless)
        await query(`ALTER ROLE ${escapeIdentifier(role)} SET idle_session_timeout = ${Math.ceil(idleTimeout)}`)
      }
      const [current] = await query<{ name: string }>('SELECT current_database() AS name')
      const grant = `ON DATABASE ${escapeIdentifier(String(current?.name))} TO`
      await query(`GRANT CONNECT ${grant} ${escapeIdentifier(reader)}`)
      await query(`GRANT CONNECT, CREATE ${grant} ${escapeIdentifier(writer)}`)
    })
  } finally {
    await database.close()
  }
}

async function makeRole(query: Query, role: string, passwordless: string | undefined): Promise<void> {
  const name = escapeIdentifier(role)
  if (!(await isThere(query, role))) await query(`CREATE ROLE ${name} LOGIN`)
  if (passwordless !== undefined && (await isThere(query, passwordless))) {
    await query(`GRANT ${escapeIdentifier(passwordless)} TO ${name}`)
  }
}

async function isThere(query: Query, role: string): Promise<boolean> {
  return (await query('SELECT FROM pg_roles WHERE rolname = $1', [role])).length > 0
}
