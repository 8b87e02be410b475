import { Database } from './database.ts'

/**
 * The applications that have a store in a database, by name, as far as the role of the URL may look.
 *
 * @throws EngineError when the server cannot be used
 * @example
 * await postgresApplications('postgres://app:secret@db.internal:5432/shop') // ['box-office', 'helpdesk']
 */
export async function postgresApplications(url: string): Promise<string[]> {
  const database = new Database({ url, schema: 'public', connections: 1, readOnly: true })
  try {
    const rows = await database.read<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace schema
        WHERE has_schema_privilege(oid, 'USAGE') AND 3 = (SELECT count(*) FROM pg_class
          WHERE relnamespace = schema.oid AND relkind = 'r' AND relname IN ('meta', 'commits', 'generations'))
        ORDER BY nspname`,
    )
    return rows.map(({ name }) => name)
  } finally {
    await database.close()
  }
}
