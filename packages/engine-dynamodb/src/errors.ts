import { EngineError } from 'weir/ports'

const again = 'Try again in a moment.'
const unknown = 'What was under way may have taken effect, or not.'

/** What to do, by the name or code of what DynamoDB, the SDK or the network said. */
const advice: Readonly<Record<string, string>> = {
  ProvisionedThroughputExceededException: `it is throttled: more is asked of it than it may serve. Switch the tables to on-demand billing or raise their capacity. ${again}`,
  ThrottlingException: `it is throttled: more is asked of it than it may serve now. On-demand tables grow with the load. ${again}`,
  RequestLimitExceeded: `it is throttled: the limit of this account is reached. Ask AWS to raise the quota of DynamoDB. ${again}`,
  TransactionConflictException: `others changed the same items at the same time, again and again. ${again}`,
  TransactionInProgressException: `others changed the same items at the same time, again and again. ${again}`,
  TransactionCanceledException: `others changed the same items at the same time, again and again. ${again}`,
  ResourceNotFoundException: 'a table is missing. Deploy the tables, or let a local start make them.',
  AccessDeniedException: 'these credentials may not do that. Give the role the rights to the two tables.',
  UnrecognizedClientException: 'it does not know these credentials. Check the keys, and the region that they are for.',
  InvalidSignatureException:
    'it does not accept these credentials. Check the secret key, and the clock of this machine.',
  ExpiredTokenException: 'the credentials have expired. Get new ones.',
  CredentialsProviderError:
    'there are no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
  RegionMissing: 'no region is named. Set AWS_REGION, or AWS_ENDPOINT_URL_DYNAMODB for an emulator.',
  KMSAccessDeniedException: 'the key that encrypts the tables may not be used. Give the role the right to it.',
  InternalServerError: `it failed on its side. ${unknown} ${again}`,
  ServiceUnavailable: `it cannot be used now. ${unknown} ${again}`,
  TimeoutError: `it did not answer in time. ${unknown} Check the network.`,
  ECONNREFUSED: 'nothing answers there. Start the emulator, or check AWS_ENDPOINT_URL_DYNAMODB.',
  ECONNRESET: `the connection broke. ${unknown} ${again}`,
  EPIPE: `the connection broke. ${unknown} ${again}`,
  ENOTFOUND: 'there is no such host. Check the region, and AWS_ENDPOINT_URL_DYNAMODB.',
  EAI_AGAIN: 'the name of the host cannot be looked up now. Check the network.',
}

/** Refused without any effect, in a way that passes. */
const refusals = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ECONNREFUSED',
  'EAI_AGAIN',
])

/** Nobody knows whether it took effect. */
const doubts = new Set(['InternalServerError', 'ServiceUnavailable', 'TimeoutError', 'ECONNRESET', 'EPIPE'])

/** What an error goes by: the code of the network, else the name that DynamoDB gave it. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // The SDK gives it no name of its own.
  if (error.message === 'Region is missing') return 'RegionMissing'
  const code = 'code' in error ? String(error.code) : ''
  return code in advice ? code : error.name
}

/** Whether the next try may go well. */
export function isPassing(error: unknown): boolean {
  const name = nameOf(error)
  return refusals.has(name) || doubts.has(name) || isServerFault(error)
}

/**
 * Turns what DynamoDB, the SDK or the network threw into an `EngineError` that says what to do; an `EngineError` stays as
 * it is.
 *
 * @param place the tables, as the user knows them
 */
export function toEngineError(error: unknown, place: string): EngineError {
  if (error instanceof EngineError) return error
  const text = error instanceof Error ? error.message || error.name : String(error)
  const known = advice[nameOf(error)] ?? (isServerFault(error) ? advice.InternalServerError : undefined)
  return new EngineError(`${place}: ${known ?? text}`, { cause: error })
}

/** A condition that did not hold is no error to who only wants something to be so. */
export function ignoreRefused(error: unknown): void {
  if (!isRefused(error)) throw error
}

/** Whether a condition did not hold. */
export function isRefused(error: unknown): boolean {
  return error instanceof EngineError && nameOf(error.cause) === 'ConditionalCheckFailedException'
}

function isServerFault(error: unknown): boolean {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
  return (metadata?.httpStatusCode ?? 0) >= 500
}
