import { escapeIdentifier } from 'pg'
import { EngineError } from 'weir/ports'
import { Database, type Query } from './database.ts'
import { openStore } from './open.ts'
import type { Migration } from './upgrade.ts'

export interface MigrateOptions {
  /** Of the role that is to own the schema: `postgres://owner:password@host:port/database` */
  readonly url: string
  /** Gives the password of each new connection, in place of one in the URL: where it is good for a while only. */
  readonly password?: (() => Promise<string>) | undefined
  /** How long to wait for a connection, in milliseconds; 5 s by default. A database that sleeps takes longer to wake. */
  readonly connectTimeout?: number | undefined
  readonly application: string
  /** The role under which the application runs, when that is another: it may use the store, and make read models. */
  readonly writer?: string
  /** A role that may read the read models and nothing else. */
  readonly reader?: string
  /** A role that opens the store `readOnly`: it may read all that is there, and nothing else. */
  readonly viewer?: string
}

/**
 * Makes the store of an application, or brings it up to date, and gives others the rights that they need. It can be run as
 * often as one likes, also while the application runs.
 *
 * @throws EngineError as opening the store does; also when a role is not there, or the owner may not give it its rights.
 * That is found out before anything is made
 * @example
 * await migratePostgres({ url, application: 'box-office', writer: 'app', reader: 'reports' })
 */
export async function migratePostgres(options: MigrateOptions): Promise<Migration> {
  const { application, writer, reader, viewer } = options
  const database = new Database({ ...options, schema: application, connections: 1, migrates: true })
  try {
    for (const role of [writer, reader, viewer]) if (role !== undefined) await checkRole(database, role)
    if (writer !== undefined && (reader ?? viewer) !== undefined) await checkMembership(database, writer)
    const { migration } = await openStore(database)
    await database.transaction(async (query) => {
      if (writer !== undefined) await admitWriter(database, query, writer)
      if (reader !== undefined) await admitReader(database, query, { reader, writer })
      if (viewer !== undefined) await admitViewer(database, query, { viewer, writer })
    })
    return migration
  } finally {
    await database.close()
  }
}

async function checkRole(database: Database, role: string): Promise<void> {
  const found = await database.read('SELECT FROM pg_roles WHERE rolname = $1', [role])
  if (found.length > 0) return
  throw new EngineError(
    `${database.server}: role ${escapeIdentifier(role)} does not exist. ` +
      `Make it with CREATE ROLE ${escapeIdentifier(role)} LOGIN PASSWORD '…', or mend its name.`,
  )
}

/** What the writer will make is opened to the reader in the writer's name: only a role that has its rights may. */
async function checkMembership(database: Database, writer: string): Promise<void> {
  const [owner] = await database.read<{ name: string; may: boolean; member: boolean }>(
    `SELECT current_user AS name, pg_has_role($1, 'USAGE') AS may, pg_has_role($1, 'MEMBER') AS member`,
    [writer],
  )
  if (!owner || owner.may) return
  const [role, member] = [escapeIdentifier(writer), escapeIdentifier(owner.name)]
  throw new EngineError(
    `${database.server}: ${member} does not have the rights of ${role}, so it cannot let others read what ${role} makes. ` +
      `Run GRANT ${role} TO ${member}${owner.member ? ' WITH INHERIT TRUE' : ''}, then this again.`,
  )
}

async function admitWriter(database: Database, query: Query, writer: string): Promise<void> {
  const { quotedSchema } = database
  const role = escapeIdentifier(writer)
  await query(`GRANT USAGE, CREATE ON SCHEMA ${quotedSchema} TO ${role}`)
  await query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${quotedSchema} TO ${role}`)
  await query(`GRANT SELECT, USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA ${quotedSchema} TO ${role}`)
  await query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${quotedSchema} TO ${role}`)
  // Who made a table owns it, and only its owner can remove it.
  const [member] = await query<{ may: boolean }>(`SELECT pg_has_role($1, 'MEMBER') AS may`, [writer])
  if (!member?.may) return
  for (const table of await documentTables(database, query)) await query(`ALTER TABLE ${table} OWNER TO ${role}`)
}

/** Read models are tables that are made while the application runs: those that are there, and those that it will make. */
async function admitReader(
  database: Database,
  query: Query,
  { reader, writer }: { readonly reader: string; readonly writer: string | undefined },
): Promise<void> {
  const { quotedSchema } = database
  const role = escapeIdentifier(reader)
  const maker = writer === undefined ? 'CURRENT_USER' : escapeIdentifier(writer)
  const tables = [database.name('generations'), ...(await documentTables(database, query))]
  await query(`GRANT USAGE ON SCHEMA ${quotedSchema} TO ${role}`)
  await query(`GRANT SELECT ON ${tables.join(', ')} TO ${role}`)
  await query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${maker} IN SCHEMA ${quotedSchema} GRANT SELECT ON TABLES TO ${role}`)
}

/** What is to be read of a store beside its read models was made with it. */
async function admitViewer(
  database: Database,
  query: Query,
  { viewer, writer }: { readonly viewer: string; readonly writer: string | undefined },
): Promise<void> {
  await admitReader(database, query, { reader: viewer, writer })
  await query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${database.quotedSchema} TO ${escapeIdentifier(viewer)}`)
}

async function documentTables(database: Database, query: Query): Promise<string[]> {
  const rows = await query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = $1 AND starts_with(tablename, 'doc_')`,
    [database.schema],
  )
  return rows.map(({ tablename }) => database.name(tablename))
}
