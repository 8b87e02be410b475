import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CliError } from '../errors.ts'
import { loadedFiles } from './loaded-files.ts'
import { show } from './locate.ts'

/**
 * Puts into words why code could not be loaded, when that is a fault of its text: a package or file that is missing, bad
 * syntax, faulty definitions. What the code itself threw is given back as it is, because its stack is what helps.
 */
export function explainImport(error: unknown, entry: string): unknown {
  if (!(error instanceof Error)) return new CliError(`${show(entry)} threw ${String(error)} while it was loaded.`)
  if (error.name === 'DefinitionError') return new CliError(error.message, { cause: error })
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ERR_MODULE_NOT_FOUND') return explainMissing(error)
  if (unreadable.has(code)) return new CliError(`${shorten(error.message)}.`, { cause: error })
  if (error instanceof SyntaxError || code.endsWith('_TYPESCRIPT_SYNTAX')) return explainSyntax(error, entry)
  return error
}

/** What an import names is no file with code in it. Node's words say so. */
const unreadable = new Set([
  'ERR_IMPORT_ATTRIBUTE_MISSING',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
])

function explainMissing(error: Error): CliError {
  const [, name] = /^Cannot find package '([^']+)'/.exec(error.message) ?? []
  const advice = name === undefined ? adviceOnPath('url' in error ? String(error.url) : '') : `Run: npm install ${name}`
  return new CliError(`${shorten(error.message)}. ${advice}`, { cause: error })
}

/** Node takes TypeScript as it is written: imports name the file that is there. */
function adviceOnPath(url: string): string {
  const stem = url.replace(/\.[cm]?js$/, '')
  const found = ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'].find((end) => isFile(`${stem}${end}`))
  if (found === undefined) return 'Check the path, and that it has its extension.'
  return `There is ${basename(stem)}${found}: imports name the file as it is, with its extension.`
}

function isFile(url: string): boolean {
  return url.startsWith('file:') && existsSync(fileURLToPath(url))
}

function explainSyntax(error: Error, entry: string): CliError {
  if (/^Cannot use import statement outside|^Unexpected token 'export'/.test(error.message)) {
    return new CliError(
      `${show(entry)} uses import or export, but the nearest package.json does not say "type": "module". ` +
        'Add that line there, or give the file the extension .mts.',
      { cause: error },
    )
  }
  const [where, ...excerpt] = (placeIn(error.stack) ?? placeByCheck() ?? []).map((line) => line.trimEnd())
  const isExport = / does not provide an export named /.test(error.message)
  const advice = isExport ? '. If it is a type, import it with `import type`' : ''
  const title = `${where ?? show(entry)}: ${error.message}${advice}`
  return new CliError([title, ...excerpt].join('\n'), { cause: error })
}

/** Node puts the place and an excerpt before the stack: `file:///…/app.ts:3`, some lines, and mostly a row of ^. */
function placeIn(stack = ''): string[] | undefined {
  const [first = '', ...lines] = stack.split('\n')
  if (!/^(file:|\/|[A-Za-z]:\\).*:\d+$/.test(first)) return undefined
  const end = lines.findIndex((line) => line === '' || line.startsWith('SyntaxError'))
  return [shorten(first), ...lines.slice(0, end).map((line) => `  ${line}`)]
}

/** For JavaScript, Node tells the place only to who runs the file. The faulty one is among those loaded last. */
function placeByCheck(): string[] | undefined {
  for (const file of loadedFiles().toReversed()) {
    if (!/\.[cm]?js$/.test(file)) continue
    const { status, stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' })
    if (status !== 0) return placeIn(stderr)
  }
  return undefined
}

function shorten(text: string): string {
  const paths = text.replace(/file:\/\/\S+?(?=:\d+|'|$)/g, (url) => fileURLToPath(url))
  return paths.replaceAll(`${process.cwd()}/`, '')
}
