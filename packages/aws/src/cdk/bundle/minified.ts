import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { minifySync } from 'rolldown/utils'

/** Raise it when what is made of the same code changes. */
const revision = 1

/**
 * Makes a module smaller than esbuild does, by some percent. As that takes most of the time of bundling, results are kept by what they were made
 * of.
 *
 * @param cache a folder
 * @throws Error when the code cannot be parsed
 */
export function minified(code: string, cache: string): string {
  const key = createHash('sha256').update(`${revision}\n${code}`).digest('hex')
  const file = join(cache, `${key}.mjs`)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const result = minify(code)
  mkdirSync(cache, { recursive: true })
  // Another process may do the same at this moment; nobody finds half a file.
  writeFileSync(`${file}.${process.pid}`, result)
  renameSync(`${file}.${process.pid}`, file)
  return result
}

function minify(code: string): string {
  const { code: result, errors } = minifySync('index.mjs', code, { module: true, compress: { maxIterations: 10 } })
  if (errors.length > 0) throw new Error(`A bundle cannot be minified: ${errors[0]?.message}`)
  return result
}
