import { resolve } from 'node:path'
import { loadEnvironment } from '../environment.ts'
import { CliError, UsageError } from '../errors.ts'
import { isKey } from '../keys.ts'
import { findLocalKeys } from '../keys-file.ts'
import { type Environment, readSettings } from '../settings.ts'
import { OpsClient, type OpsServer } from './client.ts'
import type { OpsFlags } from './flags.ts'

/** The operations of one application on a running server. */
export interface Operations {
  readonly client: OpsClient
  /** Where they are, such as `/box-office`. */
  readonly base: string
}

/**
 * Finds server, key and application: from options, else from the environment, else as a local start has them.
 *
 * @throws CliError when one of them is missing, or is not clear
 */
export async function connect(flags: OpsFlags): Promise<Operations> {
  loadEnvironment()
  const client = new OpsClient(serverOf(flags, process.env))
  const names = (await client.list<{ readonly name: string }>('')).map(({ name }) => name)
  return { client, base: `/${encodeURIComponent(chosen(names, flags.app))}` }
}

function serverOf(flags: OpsFlags, environment: Environment): OpsServer {
  const { port, data } = readSettings(flags.data === undefined ? {} : { data: flags.data }, environment)
  const url = flags.url ?? `http://localhost:${port}`
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`--url is '${url}', but it has to be an address such as http://localhost:3000.`)
  }
  return { url, key: keyOf(flags, environment, data) }
}

function keyOf({ operatorKey }: OpsFlags, environment: Environment, data: string): string {
  const [first] = (operatorKey ?? environment.WEIR_OPERATOR_KEY ?? '').split(',')
  const key = first?.trim() || findLocalKeys(resolve(data))?.operatorKey
  if (key !== undefined && !isKey(key)) throw new UsageError('The operator key has signs that no header can carry.')
  if (key) return key
  throw new CliError(
    `There is no operator key: none in WEIR_OPERATOR_KEY, and no keys.json in ${data}. ` +
      'Give one with --operator-key, or name the data folder of a local start with --data.',
  )
}

function chosen(names: readonly string[], wanted: string | undefined): string {
  const [only, another] = names
  if (wanted === undefined && only !== undefined && another === undefined) return only
  if (wanted !== undefined && names.includes(wanted)) return wanted
  const which = wanted === undefined ? 'serves several applications' : `serves no application '${wanted}'`
  throw new CliError(`This server ${which}. Choose one with --app: ${names.join(', ')}.`)
}
