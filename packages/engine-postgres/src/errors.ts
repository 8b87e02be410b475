import { EngineError } from 'weir/ports'
import { restored } from './schema.ts'

const passing = 'Try again in a moment.'
const unknown = 'What was under way may have taken effect, or not.'
const migrate = 'Let the owner of the schema run `weir migrate`'
const fewer = 'let fewer processes run, or put a pooler such as PgBouncer before it.'
const trust = 'Name the certificate of who signed it: sslmode=verify-full&sslrootcert=/path/ca.pem in the URL.'

/** What to do, by SQLSTATE or by what the network says; the rest is told in the words of PostgreSQL. */
const advice: Readonly<Record<string, string>> = {
  '25006': 'it can only be read now: it is a standby, or this role may only read. Give the URL of the primary.',
  '25P03': 'it ended a transaction that was idle for too long. Raise its idle_in_transaction_session_timeout.',
  '28000': 'it does not let this user in. Check the user in the URL, and pg_hba.conf on the server.',
  '28P01': 'the password is wrong. Check the user and the password in the URL.',
  '3D000': 'there is no such database. Create it, or give another URL.',
  '3F000': `the schema is missing. ${migrate}.`,
  '40001': `others changed the same at the same time, again and again. ${passing}`,
  '40P01': `others changed the same at the same time, again and again. ${passing}`,
  '42P01': `a table is missing. ${migrate}.`,
  '42883': `a function is missing. ${migrate}.`,
  '53100': 'its disk is full. Free some space; nothing was written half.',
  '53200': 'it is out of memory. Give it more, or let fewer use it.',
  '53300': `it has no free connection. Raise its max_connections, ${fewer}`,
  '55P03': `another transaction held a lock for too long. End that one, or try again in a moment.`,
  '57014': 'it cancelled a statement that took too long. Raise the statement_timeout of this role.',
  '57P01': `it ended the connection. ${unknown} ${passing}`,
  '57P02': `it ended the connection. ${unknown} ${passing}`,
  '57P03': `it is starting or stopping. ${passing}`,
  '58030': 'its disk reported an input/output error. Check the disk; nothing was written half.',
  [restored]: 'it was restored, or another server took its place, while it was in use. Start the application again.',
  XX001: 'its data is damaged. Restore it from a backup.',
  XX002: 'an index is damaged. Rebuild it with REINDEX.',
  CERT_HAS_EXPIRED: 'its certificate has expired. Give it a new one.',
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is signed by itself. ${trust}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate is signed by who is not known here. ${trust}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate is signed by who is not known here. ${trust}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate is signed by who is not known here. ${trust}`,
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host. Write the host in the URL as the certificate does.',
  EAI_AGAIN: 'the name of the host cannot be looked up now. Check the network, or try again in a moment.',
  ECONNREFUSED: 'nothing answers there. Start the server, or check host and port in the URL.',
  ECONNRESET: `the connection broke. ${unknown} ${passing}`,
  EPIPE: `the connection broke. ${unknown} ${passing}`,
  EHOSTUNREACH: 'the host cannot be reached. Check the network, and the host in the URL.',
  ENETUNREACH: 'the host cannot be reached. Check the network, and the host in the URL.',
  ENOENT: 'there is no such socket. Start the server, or check the URL.',
  ENOTFOUND: 'there is no such host. Check the host in the URL.',
  ETIMEDOUT: 'nothing answers there. Check the network, and host and port in the URL.',
}

/** Limits on connections beside those of the whole server, by what of PostgreSQL found them: its words may be translated. */
const limits: Readonly<Record<string, string>> = {
  InitializeSessionUserId: `this role has no connection left. Raise its limit with ALTER ROLE … CONNECTION LIMIT, ${fewer}`,
  CheckMyDatabase: `this database has no connection left. Raise its limit with ALTER DATABASE … CONNECTION LIMIT, ${fewer}`,
}

/** What pg says in words of its own, without a code. */
const worded: readonly (readonly [RegExp, string])[] = [
  [/^timeout exceeded when trying to connect$/, 'all connections of this process are in use. Allow more, or do less.'],
  [/^Query read timeout$/, `it did not answer in time. ${unknown} Check the server, and what waits for locks there.`],
  [
    /does not support SSL/,
    'it does not speak TLS. Turn ssl on there, or, where the network is safe, write sslmode=disable in the URL.',
  ],
  [/timeout/, 'it did not answer in time. Check the server and the network.'],
  [/^Connection terminated|^Client has encountered/, `the connection broke. ${unknown} ${passing}`],
]

/** Nothing has taken effect, and the next try may go well. */
const refusals = new Set(['25006', '40001', '40P01', '53300', '55P03', '57014', '57P03'])

/** The connection is of no use any more. */
const breaks = new Set(['25006', '25P03', '25P04', '57P01', '57P02', '57P03', '57P05'])

/** No way to the server, for now. */
const unreachable = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'])

/** A failure before there was a connection: nothing was asked of the server. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected'
}

/** The SQLSTATE of what PostgreSQL answered, or the code of what the network said; also of an `EngineError` about it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error) return String(error.code)
  return codeOf(error.cause)
}

/** Whether a statement failed without any effect, in a way that passes. */
export function isRefusal(error: unknown): boolean {
  return refusals.has(codeOf(error) ?? '') || (error instanceof NotConnected && isLoss(error.cause))
}

/** Whether the connection was lost while a statement was under way: nobody knows whether it took effect. */
export function isLoss(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined ? wasCut(error) : breaks.has(code) || unreachable.has(code)
}

/** Whether a connection is of no use after this error. */
export function isBroken(error: unknown): boolean {
  return isLoss(error) || (error instanceof Error && error.message === 'Query read timeout')
}

/**
 * Turns what PostgreSQL, pg or the network threw into an `EngineError` that names the server and says what to do; an
 * `EngineError` stays as it is.
 *
 * @param server host, port and database, as the user knows them; never the password
 * @param migrates whether this role is the one that makes the schema and gives others their rights
 */
export function toEngineError(error: unknown, server: string, migrates = false): EngineError {
  if (error instanceof EngineError) return error
  const cause = error instanceof NotConnected ? error.cause : error
  return new EngineError(`${server}: ${tell(cause, migrates)}`, { cause })
}

function tell(error: unknown, migrates: boolean): string {
  if (!(error instanceof Error)) return String(error)
  const code = codeOf(error)
  if (code === undefined) return worded.find(([words]) => words.test(error.message))?.[1] ?? error.message
  if (code === '42501') return `${error.message}. ${whoMayHelp(error, migrates)}`
  return (code === '53300' && limits[textOf(error, 'routine')]) || advice[code] || error.message
}

/** What gives a role the right that it lacks. */
function whoMayHelp(error: Error, migrates: boolean): string {
  if (textOf(error, 'routine') === 'CheckMyDatabase') return grant('CONNECT')
  const isCreation = /\bdatabase\b/.test(error.message)
  if (migrates) return isCreation ? grant('CREATE') : 'Run `weir migrate` as the role that owns the schema.'
  if (isCreation) return 'Let a role that may create schemas run `weir migrate` with --writer and this role.'
  return `${migrate} with --writer and this role.`
}

function grant(right: string): string {
  return `Let the owner of the database run GRANT ${right} ON DATABASE … TO this role.`
}

/** A field of what PostgreSQL answered. */
function textOf(error: Error, field: string): string {
  return field in error ? String(error[field as keyof Error]) : ''
}

function wasCut(error: unknown): boolean {
  const words = /^(Connection terminated unexpectedly|Client has encountered a connection error)/
  return error instanceof Error && codeOf(error) === undefined && words.test(error.message)
}
