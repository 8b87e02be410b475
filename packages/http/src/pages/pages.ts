import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Handler } from '../exchange/answer.ts'
import { type FileOptions, fileHandler } from '../files/file.ts'
import { typeOf } from './types.ts'

/**
 * Pages that are built of static files: a folder with an `index.html`.
 *
 * 1. Only files that were there at the start are served: no path of a request ever reaches the file system.
 * 2. Files below `assets/` bear a hash of their content in their names, as bundlers give them: they are kept for good.
 *    All others are asked for again each time, and not sent again when they are the same.
 * 3. A page loads from, and speaks to, this server alone.
 */

const forGood = 'public, max-age=31536000, immutable'
const askAgain = 'no-cache'

/** What browsers let pages do, as `Content-Security-Policy`: also for who serves the same files in another way. */
export const pagePolicy: string = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const pageHeaders = { 'content-security-policy': pagePolicy, 'referrer-policy': 'same-origin' }

/**
 * What serves the files of a folder, by their paths below it; `/` is its page.
 *
 * @throws when the folder cannot be read, or has no `index.html`
 */
export function pageHandlers(folder: string): ReadonlyMap<string, Handler> {
  const files = filesIn(folder)
  if (!files.includes('/index.html')) throw new Error(`There is no index.html in ${folder}: build the pages first`)
  const handlers = files.map((path): [string, Handler] => [path, fileHandler(join(folder, path), optionsOf(path))])
  return new Map([['/', fileHandler(join(folder, 'index.html'), optionsOf('/index.html'))], ...handlers])
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const paths = entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    return paths.map((path) => `/${path.replaceAll(sep, '/')}`)
  } catch (cause) {
    throw new Error(`The folder of pages ${folder} cannot be read: build the pages first`, { cause })
  }
}

function optionsOf(path: string): FileOptions {
  const type = typeOf(path)
  const cache = path.startsWith('/assets/') ? forGood : askAgain
  return type.startsWith('text/html') ? { type, cache, headers: pageHeaders } : { type, cache }
}
