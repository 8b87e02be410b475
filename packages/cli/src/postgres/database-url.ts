import { UsageError } from '../errors.ts'
import type { Environment } from '../settings.ts'

const example = 'postgres://user:password@host:5432/database'

/** One @ at most, behind user and password, and no #: a sign more belongs to a password, of which the rest would be shown. */
const shape = /^postgres(ql)?:\/\/([^@/?#]*@)?[^@#]*$/

/**
 * The URL of a PostgreSQL in `DATABASE_URL`, if there is one.
 *
 * @throws UsageError when it is something else, or names no database; the message does not repeat it, because it may hold
 * a password
 */
export function readDatabase({ DATABASE_URL: url }: Environment): string | undefined {
  if (!url) return undefined
  const parsed = shape.test(url) ? parse(url) : null
  if (!parsed) {
    throw new UsageError(
      `DATABASE_URL is not the URL of a PostgreSQL. It looks like ${example}; ` +
        'in a password, signs such as @, / and # are written as %40, %2F and %23.',
    )
  }
  if (/^\/?$/.test(parsed.pathname)) {
    throw new UsageError(`DATABASE_URL names no database. Write its name at the end: ${example}.`)
  }
  return url
}

/**
 * For what only PostgreSQL can do.
 *
 * @param what what was asked for, as it is typed
 * @throws UsageError when there is no URL
 */
export function requireDatabase(database: string | undefined, what: string): string {
  if (database !== undefined) return database
  throw new UsageError(
    `${what} needs PostgreSQL: on SQLite one process does everything. Set DATABASE_URL, such as ${example}.`,
  )
}

/** Where a database is, for people: neither user nor password. */
export function placeOf(database: string): string {
  const url = parse(database)
  const host = url?.searchParams.get('host') ?? url?.hostname
  return `postgres://${host || 'localhost'}:${url?.port || 5432}${url?.pathname ?? ''}`
}

/** Without a host there may be a user still; URLs elsewhere may not have that. */
function parse(url: string): URL | null {
  return URL.parse(url) ?? URL.parse(url.replace('@/', '@localhost/'))
}
