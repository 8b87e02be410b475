import { makePostgresRoles, migratePostgres } from '@weir/engine-postgres'
import { EngineError } from 'weir/ports'
import { databaseRoles } from '../../contract/index.ts'
import { databaseAs, databaseOf } from '../setup/database.ts'
import { type Environment, required } from '../setup/environment.ts'
import { readSecret } from '../setup/secrets.ts'

/** Those who are members of this role log in to RDS by tokens of IAM. */
const byTokens = 'rds_iam'

/** A database that sleeps wakes when somebody connects; after days that takes longest, in milliseconds. */
const connectTimeout = 60_000

/**
 * Makes the roles of the database, as its administrator, and the schemas of applications, as the writer, who owns them. On
 * one's own machine, where the database is named by its URL, there is one role for all.
 *
 * @throws EngineError when that cannot be done; it can be called again
 */
export async function prepareDatabase(environment: Environment, apps: readonly string[]): Promise<void> {
  if (environment.DATABASE_URL) {
    for (const application of apps) await migratePostgres({ url: environment.DATABASE_URL, application })
    return
  }
  const { username, password } = await readAdministrator(required(environment, 'DATABASE_ADMIN_SECRET'))
  const { writer, reader } = databaseRoles
  const admin = databaseAs(environment, username, password)
  const idleTimeout = Number(environment.DATABASE_IDLE_TIMEOUT || 0)
  await makePostgresRoles({ ...admin, connectTimeout, writer, reader, passwordless: byTokens, idleTimeout })
  const owner = databaseOf(environment, writer)
  for (const application of apps) await migratePostgres({ ...owner, connectTimeout, application, viewer: reader })
}

async function readAdministrator(arn: string): Promise<{ readonly username: string; readonly password: string }> {
  const { username, password } = parse(await readSecret(arn))
  if (typeof username === 'string' && typeof password === 'string') return { username, password }
  throw new EngineError(`The secret ${arn} has to be JSON with 'username' and 'password'.`)
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    // What it is, nobody is told: it is a secret.
    return {}
  }
}
