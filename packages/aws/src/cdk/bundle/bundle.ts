import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { copyBrowserFiles } from '@weir/http'
import { type BuildOptions, buildSync } from 'esbuild'
import type { FunctionRole } from '../../contract/index.ts'
import { minified } from './minified.ts'
import { replacements } from './replacements.ts'

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

/** Packages in CommonJS ask for Node's modules so; in a module there is no `require`. The name is too long to be one of esbuild's. */
const requireForCommonJs =
  "import{createRequire as createRequireOfNode}from'node:module';const require=createRequireOfNode(import.meta.url);"

const options: BuildOptions = {
  ...{ bundle: true, minify: true, treeShaking: true, platform: 'node', target: 'node24', format: 'esm' },
  ...{ conditions: isSource ? ['@weir/source', 'module'] : ['module'], mainFields: ['module', 'main'] },
  ...{ entryNames: '[dir]/handler/index', outExtension: { '.js': '.mjs' }, legalComments: 'external' },
  ...{ alias: replacements, charset: 'utf8', define: { 'process.env.NODE_ENV': '"production"' } },
  banner: { js: requireForCommonJs },
  // The bindings of pg to a library in C, which it has only on demand.
  external: ['*/native'],
  logLevel: 'warning',
}

/** The factories of `@weir/aws/lambda`. `operations` is the same server as `api`, with other rights. */
const factories = ['api', 'publisher', 'projection', 'policy', 'sweep', 'reconcile', 'rebuild', 'migrate'] as const

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
  return { folder: join(folder, role === 'operations' ? 'api' : role), handler: 'handler/index.handler' }
}

function build(entry: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bundles-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const sources = join(folder, 'sources')
  const entryPoints = factories.map((factory) => {
    const file = join(sources, factory, 'index.mjs')
    mkdirSync(join(sources, factory), { recursive: true })
    writeFileSync(file, handlerSource(factory, entry))
    return file
  })
  buildSync({ ...options, entryPoints, outbase: sources, outdir: folder })
  const cache = join(process.cwd(), 'node_modules/.cache/weir-aws')
  for (const factory of factories) {
    const file = join(folder, factory, 'handler/index.mjs')
    writeFileSync(file, minified(readFileSync(file, 'utf8'), cache))
  }
  copyBrowserFiles(join(folder, 'api'))
  return folder
}

/** The module that a function's bundle is made of. */
function handlerSource(factory: string, entry: string): string {
  const specifier = (path: string) => JSON.stringify(pathToFileURL(path).pathname)
  return [
    `import { ${factory} } from ${specifier(lambda)}`,
    `import * as application from ${specifier(entry)}`,
    `export const handler = ${factory}(application)`,
    '',
  ].join('\n')
}
