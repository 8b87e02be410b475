import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { postgresApplications, postgresEngine } from '@weir/engine-postgres'
import { sqliteApplications, sqliteEngine } from '@weir/engine-sqlite'
import type { Engine, OpenEngine } from 'weir/ports'
import { show } from '../apps/locate.ts'
import { CliError, UsageError } from '../errors.ts'
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
 * @throws CliError when it names a file, UsageError when it begins as a URL does, but not as one of a store
 */
export function storesAt(text: string, isWhole: boolean): StoresAt {
  if (/^postgres(ql)?:/i.test(text)) return schemasAt(text)
  if (text.startsWith('dynamodb:')) return tablesWith(text.slice('dynamodb:'.length), isWhole)
  const scheme = text.match(/^[a-z][a-z\d+.-]+:/i)?.[0]
  if (scheme)
    throw new UsageError(`'${scheme}' begins no place of stores. Name a folder, postgres://…, or dynamodb:<prefix>.`)
  return filesIn(resolve(text))
}

function filesIn(directory: string): StoresAt {
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw new CliError(`${show(directory)} is a file. Name the folder that it is in; --app says which application.`)
  return {
    name: show(directory),
    applications: async () => sqliteApplications(directory),
    open: sqliteEngine({ directory, readOnly: true }),
    make: sqliteEngine({ directory }),
  }
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
