import { Signer } from '@aws-sdk/rds-signer'
import { type Environment, required } from './environment.ts'

/** How a database is reached. */
export interface DatabaseAccess {
  readonly url: string
  /** Gives the password of each new connection; undefined: the URL has it. */
  readonly password?: () => Promise<string>
}

/**
 * The database that the environment names: by its URL, or by its host and a user whose passwords are tokens of IAM, which
 * are good for a quarter of an hour. Connections to a host are encrypted, and its certificate is checked.
 *
 * @throws EngineError when the environment names none
 */
export function databaseOf(environment: Environment, user?: string): DatabaseAccess {
  if (environment.DATABASE_URL) return { url: environment.DATABASE_URL }
  const name = user ?? required(environment, 'DATABASE_USER')
  const { host, port } = serverOf(environment)
  const signer = new Signer({ hostname: host, port: Number(port), username: name })
  return { url: urlOf(environment, name), password: () => signer.getAuthToken() }
}

/** The same for an administrator, who has a password. */
export function databaseAs(environment: Environment, user: string, password: string): DatabaseAccess {
  return { url: urlOf(environment, user, password) }
}

function urlOf(environment: Environment, user: string, password?: string): string {
  const { host, port } = serverOf(environment)
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`
  const name = encodeURIComponent(required(environment, 'DATABASE_NAME'))
  return `postgres://${encodeURIComponent(user)}${secret}@${host}:${port}/${name}?sslmode=verify-full`
}

function serverOf(environment: Environment): { readonly host: string; readonly port: string } {
  return { host: required(environment, 'DATABASE_HOST'), port: environment.DATABASE_PORT || '5432' }
}
