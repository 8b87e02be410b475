import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { copyBrowserFiles } from '@weir/http'
import { type BuildOptions, buildSync } from 'esbuild'
import { type FunctionRole, functionRoles } from '../../contract/index.ts'
import { handlerSource } from './handler-source.ts'

/** The code of a function, ready to be uploaded. */
export interface Bundle {
  /** Holds all that it needs beside Node, for servers also the files of documentation pages. */
  readonly folder: string
  /** What Lambda calls, within the folder. */
  readonly handler: string
}

const isSource = import.meta.url.endsWith('.ts')

/** The functions, of the same build as this file. */
const lambda = fileURLToPath(new URL(`../../lambda/index.${isSource ? 'ts' : 'js'}`, import.meta.url))

/** Packages in CommonJS ask for Node's modules so; in a module there is no `require`. No minified name is as long. */
const requireForCommonJs =
  "import{createRequire as requireOfNode}from'node:module';const require=requireOfNode(import.meta.url);"

const options: BuildOptions = {
  ...{ bundle: true, minify: true, treeShaking: true, platform: 'node', target: 'node24', format: 'esm' },
  ...{ conditions: isSource ? ['@weir/source', 'module'] : ['module'], mainFields: ['module', 'main'] },
  ...{ entryNames: '[dir]/handler/index', outExtension: { '.js': '.mjs' }, legalComments: 'external' },
  banner: { js: requireForCommonJs },
  logLevel: 'warning',
  logOverride: { 'import-is-undefined': 'silent' },
}

const built = new Map<string, string>()

/**
 * Bundles an application with the handler of a role: one minified module, which needs nothing but Node. The same sources give the
 * same bytes. All roles are built at once, and kept until the process ends.
 *
 * @param entry the module that exports the applications, and their `services`
 * @throws when it cannot be bundled, with what esbuild says
 */
export function bundle(entry: string, role: FunctionRole): Bundle {
  const path = resolve(entry)
  const folder = built.get(path) ?? build(path)
  built.set(path, folder)
  return { folder: join(folder, role), handler: 'handler/index.handler' }
}

function build(entry: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bundles-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const sources = join(folder, 'sources')
  for (const role of functionRoles) {
    mkdirSync(join(sources, role), { recursive: true })
    writeFileSync(join(sources, role, 'index.mjs'), handlerSource(role, url(lambda), url(entry)))
  }
  const entryPoints = functionRoles.map((role) => join(sources, role, 'index.mjs'))
  buildSync({ ...options, entryPoints, outbase: sources, outdir: folder })
  for (const role of ['api', 'operations']) copyBrowserFiles(join(folder, role))
  return folder
}

/** As imports are written, also on Windows. */
const url = (path: string): string => pathToFileURL(path).pathname
