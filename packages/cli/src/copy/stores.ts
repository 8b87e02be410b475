import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { postgresApplications, postgresEngine } from '@weir/engine-postgres'
import { sqliteEngine } from '@weir/engine-sqlite'
import type { Engine, OpenEngine } from 'weir/ports'
import { show } from '../apps/locate.ts'
import { CliError } from '../errors.ts'
import { placeOf } from '../postgres/database-url.ts'
import { tablesWith } from './dynamodb.ts'

/** The stores of applications at one place. */
export interface StoresAt {
  /** For people, without a password. */
  readonly name: string
  /** Which applications have a store. */
  applications(): Promise<readonly string[]>
  /** Opens the store of an application, which has to be there, to read it. */
  readonly open: OpenEngine
  /** Opens it to write, and makes it when it is not there. */
  readonly make: OpenEngine
}

/**
 * The stores that an option names.
 *
 * @param isWhole whether not only what is recorded is read and written, but policies, too
 * @throws CliError when it names none
 */
export function storesAt(text: string, isWhole: boolean): StoresAt {
  if (/^postgres(ql)?:/i.test(text)) return schemasAt(text)
  return text.startsWith('dynamodb:') ? tablesWith(text.slice('dynamodb:'.length), isWhole) : filesIn(resolve(text))
}

function filesIn(directory: string): StoresAt {
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw new CliError(`${show(directory)} is a file. Name the folder that it is in; --app says which application.`)
  return {
    name: show(directory),
    applications: async () => (existsSync(directory) ? databasesIn(directory) : []),
    open: sqliteEngine({ directory, readOnly: true }),
    make: sqliteEngine({ directory }),
  }
}

function databasesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.db'))
    .map((file) => file.slice(0, -'.db'.length))
    .filter((name) => statSync(join(directory, `${name}.db`)).isFile())
    .sort()
}

function schemasAt(url: string): StoresAt {
  const options = { url, connections: 2, listen: false }
  return {
    name: placeOf(url),
    applications: () => postgresApplications(url),
    open: postgresEngine({ ...options, readOnly: true }),
    make: postgresEngine(options),
  }
}

/** Does something with a store that is open, and closes it. */
export async function using<T>(opening: Promise<Engine>, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await opening
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}
