import type { App } from 'weir'
import type { Logger } from 'weir/ports'
import { CliError } from './errors.ts'
import { type LocalKeys, localKeys } from './keys-file.ts'
import type { Environment } from './settings.ts'

/**
 * The secrets that callers show.
 *
 * 1. What the environment gives is taken as it is and never shown.
 * 2. A local start makes up what is missing and shows it on a terminal; with `NODE_ENV=production` what is missing stops the start.
 */
export interface Keys {
  /** For guarded routes, in `x-api-key`. */
  readonly apiKeys: readonly string[]
  /** For `/ops`, in `x-operator-key`: all of it, or reading only. */
  readonly operatorKeys: readonly string[]
  readonly readerKeys: readonly string[]
}

/** Keys that were made up on this machine, as far as they are in use, and where they are kept. */
export type MadeKeys = Pick<LocalKeys, 'path'> & Partial<LocalKeys>

/** Shorter ones can be guessed. */
const shortest = 16

/**
 * The keys that the environment gives: several of a kind are separated by commas, so that they can be rotated.
 *
 * @throws CliError when one cannot be sent in a header; in production also when one is missing or too short
 */
export function readKeys(environment: Environment, apps: readonly App[], logger: Logger): Keys {
  const keys = {
    apiKeys: keysOf('API_KEY', environment),
    operatorKeys: keysOf('WEIR_OPERATOR_KEY', environment),
    readerKeys: keysOf('WEIR_READER_KEY', environment),
  }
  const weak = Object.entries({
    API_KEY: keys.apiKeys,
    WEIR_OPERATOR_KEY: keys.operatorKeys,
    WEIR_READER_KEY: keys.readerKeys,
  }).flatMap(([variable, given]) => (given.some(({ length }) => length < shortest) ? [variable] : []))
  if (environment.NODE_ENV === 'production') refuseProduction(missing(keys, apps), weak)
  for (const variable of weak) {
    logger.warn({ variable }, `a key has less than ${shortest} characters: production would refuse it`)
  }
  return keys
}

/** Adds what is missing and needed, from the data folder, where it is made when it is not there. */
export function completeKeys(given: Keys, apps: readonly App[], directory: string): { keys: Keys; made?: MadeKeys } {
  const needsApiKey = given.apiKeys.length === 0 && guarded(apps).length > 0
  const needsOperatorKey = given.operatorKeys.length === 0
  if (!needsApiKey && !needsOperatorKey) return { keys: given }
  const { path, apiKey, operatorKey } = localKeys(directory)
  return {
    keys: {
      ...given,
      ...(needsApiKey ? { apiKeys: [apiKey] } : {}),
      ...(needsOperatorKey ? { operatorKeys: [operatorKey] } : {}),
    },
    made: { path, ...(needsApiKey ? { apiKey } : {}), ...(needsOperatorKey ? { operatorKey } : {}) },
  }
}

/** Whether a text can be sent in a header, and be one of several between commas. */
export function isKey(text: string): boolean {
  return /^[\x21-\x2b\x2d-\x7e]+$/.test(text)
}

function keysOf(variable: string, environment: Environment): string[] {
  const keys = (environment[variable] ?? '').split(',').map((key) => key.trim())
  const given = keys.filter((key) => key !== '')
  if (given.every(isKey)) return given
  throw new CliError(`${variable} has a key that no header can carry. Use ASCII letters, digits and signs, no spaces.`)
}

function missing(keys: Keys, apps: readonly App[]): string[] {
  const names = guarded(apps)
  return [
    ...(keys.operatorKeys.length === 0 ? ['WEIR_OPERATOR_KEY (for /ops)'] : []),
    ...(keys.apiKeys.length === 0 && names.length > 0 ? [`API_KEY (for the routes of ${names.join(', ')})`] : []),
  ]
}

function guarded(apps: readonly App[]): string[] {
  return apps.filter(({ routes }) => routes.some(({ guard }) => guard !== undefined)).map(({ name }) => name)
}

function refuseProduction(missing: readonly string[], weak: readonly string[]): void {
  const reasons = [
    ...(missing.length > 0 ? [`keys are not made up, and there is none in ${missing.join(', nor in ')}`] : []),
    ...(weak.length > 0
      ? [`keys need at least ${shortest} characters, and there is a shorter one in ${weak.join(', ')}`]
      : []),
  ]
  if (reasons.length === 0) return
  throw new CliError(
    `With NODE_ENV=production ${reasons.join('; ')}. Set each to a secret, for example from: openssl rand -hex 24`,
  )
}
