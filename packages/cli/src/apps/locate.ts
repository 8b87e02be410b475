import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, resolve } from 'node:path'
import { CliError } from '../errors.ts'

type Exports = string | null | undefined | readonly Exports[] | { readonly [key: string]: Exports }

interface Manifest {
  readonly exports?: Exports
  readonly main?: string
}

/** What an application's file is called when its package.json names none, in the order of the search. */
const usualNames = ['index', 'app', 'src/index', 'src/app'].flatMap((name) =>
  ['ts', 'mts', 'js', 'mjs'].map((extension) => `${name}.${extension}`),
)

/** Conditions of a package's `exports` that hold here; the first is how the packages of Weir's workspace name sources. */
const conditions = new Set(['@weir/source', 'node', 'import', 'module-sync', 'default'])

/**
 * Finds the file that exports applications.
 *
 * @param path a file, or a folder: what its package.json names in `exports` or `main`, else index.ts, app.ts and the like
 * @param command what looks for it, as it was typed, for what to do when there is none
 * @throws CliError when there is nothing to be found
 */
export function locateApp(path: string, command = 'weir start'): string {
  const absolute = resolve(path)
  const stats = statSync(absolute, { throwIfNoEntry: false })
  if (!stats) throw new CliError(`${path} does not exist. Name the file or the folder of an application.`)
  if (!stats.isDirectory()) return withCode(absolute)
  const named = namedByManifest(absolute)
  const candidates = [...(named === undefined ? [] : [named]), ...usualNames]
  const found = candidates.map((name) => join(absolute, name)).find(isFile)
  if (!found) throw nothingIn(absolute, named, command)
  return withCode(found)
}

function withCode(file: string): string {
  if (/^(\.[cm]?[jt]s)?$/.test(extname(file))) return file
  throw new CliError(`${show(file)} is not a TypeScript or JavaScript file. Name the one that exports an application.`)
}

function namedByManifest(folder: string): string | undefined {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return undefined
  const { exports, main } = readManifest(path)
  return rootTarget(exports) ?? main
}

function readManifest(path: string): Manifest {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new CliError(`${show(path)} cannot be read: ${(error as Error).message}`)
  }
}

/** The file that `exports` gives to who imports the package by its name alone. */
function rootTarget(exports: Exports): string | undefined {
  if (isConditions(exports) && '.' in exports) return target(exports['.'])
  return target(exports)
}

function target(exports: Exports): string | undefined {
  if (typeof exports === 'string') return exports
  if (Array.isArray(exports)) return exports.map(target).find((found) => found !== undefined)
  if (!isConditions(exports)) return undefined
  for (const [condition, value] of Object.entries(exports)) {
    const found = conditions.has(condition) ? target(value) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function isConditions(exports: Exports): exports is { readonly [key: string]: Exports } {
  return typeof exports === 'object' && exports !== null && !Array.isArray(exports)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function nothingIn(folder: string, named: string | undefined, command: string): CliError {
  const missing = named === undefined ? '' : ` Its package.json names ${named}, which is not there: is it built?`
  return new CliError(
    `There is no application in ${show(folder)}: no index.ts, app.ts, src/index.ts or src/app.ts (nor .js).${missing} ` +
      `Name the file or the folder of an application, such as \`${command} src/main.ts\`.`,
  )
}

/** A path as people read it best: relative when that is shorter. */
export function show(path: string): string {
  const short = relative(process.cwd(), path)
  if (short === '') return 'the current folder'
  return short.startsWith('..') ? path : short
}
