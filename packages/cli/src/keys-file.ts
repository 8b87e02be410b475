import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from './errors.ts'

/**
 * Keys that were made up for one data folder.
 *
 * 1. They stay the same over restarts, and are made once, also when several processes start at the same time.
 * 2. Only the user who made them can read the file.
 */
export interface LocalKeys {
  readonly path: string
  readonly apiKey: string
  readonly operatorKey: string
}

/** @throws CliError when there is a file that does not hold keys */
export function localKeys(directory: string): LocalKeys {
  return findLocalKeys(directory) ?? makeLocalKeys(directory)
}

/** The keys of a data folder, unless none were made yet. */
export function findLocalKeys(directory: string): LocalKeys | undefined {
  const path = join(directory, 'keys.json')
  try {
    const { apiKey, operatorKey } = JSON.parse(readFileSync(path, 'utf8'))
    if (![apiKey, operatorKey].every((key) => typeof key === 'string' && key !== ''))
      throw new Error('a key is missing')
    return { path, apiKey, operatorKey }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new CliError(`${path} cannot be read: ${message}. Remove it, and the next start makes new keys.`)
  }
}

/** Written aside and linked to its name, which fails when another process was first: then its keys are taken. */
function makeLocalKeys(directory: string): LocalKeys {
  const path = join(directory, 'keys.json')
  const aside = `${path}.${process.pid}`
  const keys = { apiKey: newKey(), operatorKey: newKey() }
  writeFileSync(aside, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 })
  try {
    linkSync(aside, path)
    return { path, ...keys }
  } catch (error) {
    const other = findLocalKeys(directory)
    if (other) return other
    const reason = (error as Error).message
    throw new CliError(`${path} cannot be written: ${reason}. Give the keys in WEIR_OPERATOR_KEY and API_KEY instead.`)
  } finally {
    rmSync(aside)
  }
}

/** 32 characters of 6 random bits each. */
function newKey(): string {
  return `weir_${randomBytes(24).toString('base64url')}`
}
