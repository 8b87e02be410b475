import type { Environment } from '../setup/environment.ts'
import { readSecret } from '../setup/secrets.ts'

/** The keys that callers show. */
export interface Keys {
  readonly apiKeys: readonly string[]
  readonly operatorKeys: readonly string[]
  readonly readerKeys: readonly string[]
}

/**
 * Keys as the environment gives them, else the secrets that it names. Several of a kind are separated by commas, so that
 * they can be changed.
 *
 * @throws EngineError when a secret cannot be read
 */
export async function readKeys(environment: Environment): Promise<Keys> {
  const { API_KEY, WEIR_OPERATOR_KEY, WEIR_READER_KEY } = environment
  const { API_KEY_SECRET, OPERATOR_KEY_SECRET, READER_KEY_SECRET } = environment
  const [apiKeys, operatorKeys, readerKeys] = await Promise.all([
    keysOf(API_KEY, API_KEY_SECRET),
    keysOf(WEIR_OPERATOR_KEY, OPERATOR_KEY_SECRET),
    keysOf(WEIR_READER_KEY, READER_KEY_SECRET),
  ])
  return { apiKeys, operatorKeys, readerKeys }
}

async function keysOf(value: string | undefined, secret: string | undefined): Promise<string[]> {
  const text = value || (secret ? await readSecret(secret) : '')
  const keys = text.split(',').map((key) => key.trim())
  return keys.filter((key) => key !== '')
}
