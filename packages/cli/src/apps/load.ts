import { pathToFileURL } from 'node:url'
import type { App } from 'weir'
import { CliError } from '../errors.ts'
import { explainImport } from './explain-import.ts'
import { followLoadedFiles } from './loaded-files.ts'
import { locateApp, show } from './locate.ts'
import type { ServiceSupply } from './services.ts'

/** An application and where it is served: '' or a path such as '/box-office'. */
export interface PlacedApp {
  readonly base: string
  readonly app: App
}

/** What a module gives to be served. */
export interface Loaded {
  readonly apps: readonly App[]
  /** What it exports as `services`. */
  readonly services: ServiceSupply
}

/**
 * Loads the applications that a file or folder exports, as default or by name, and the services that it exports beside.
 *
 * @param command what wants them, as it was typed
 * @throws CliError when there is none, or when the code cannot be loaded for a reason that needs no stack trace
 */
export async function loadApps(path: string, command?: string): Promise<Loaded> {
  const file = locateApp(path, command)
  const { services = [], ...module } = await importFile(file)
  const apps = [...new Set(Object.values(module).filter(isApp))]
  if (apps.length === 0) throw exportsNone(file, Object.keys(module))
  return { apps, services: services as ServiceSupply }
}

/** Applications where they are served, and their services. */
export interface LoadedAndPlaced {
  readonly apps: readonly PlacedApp[]
  readonly services: ServiceSupply
}

/** Gives the applications that a command is about. */
export type LoadApps = () => Promise<LoadedAndPlaced>

/**
 * Loads applications, and says where they are served.
 *
 * @param command what wants them, as it was typed
 * @throws CliError as `loadApps` and `placeApps` do
 */
export async function loadPlaced(path: string, command: string): Promise<LoadedAndPlaced> {
  followLoadedFiles()
  const { apps, services } = await loadApps(path, command)
  return { apps: placeApps(apps), services }
}

/**
 * Says where applications are served: a single one at the root, several each under its own name.
 *
 * @throws CliError when two have the same name
 */
export function placeApps(apps: readonly App[]): PlacedApp[] {
  return apps.length > 1 ? placeByName(apps) : apps.map((app) => ({ base: '', app }))
}

/** @throws CliError when two have the same name */
export function placeByName(apps: readonly App[]): PlacedApp[] {
  const names = apps.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new CliError(`Two applications are named '${twice}'. A name stands for the data and the address: change one.`)
  }
  return apps.map((app) => ({ base: `/${app.name}`, app }))
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    throw explainImport(error, file)
  }
}

/** The application may come from another copy of `weir` than this command's, so its class says nothing. */
function isApp(value: unknown): value is App {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'app' && 'routes' in value
}

function exportsNone(file: string, names: readonly string[]): CliError {
  const others = names.map((name) => (name === 'default' ? 'a default that is none' : name))
  const found = others.length === 0 ? 'It exports nothing.' : `It exports ${others.join(', ')}.`
  return new CliError(
    `${show(file)} exports no application. ${found} ` +
      "Export what app(…) of 'weir' gives you, as default or by a name: export default app('shop', { routes: { … } })",
  )
}
