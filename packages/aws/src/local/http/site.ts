import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import type { Answerer } from './gateway.ts'

/** What a bucket with pages is made of. */
export interface Site {
  /** Folders whose files are in the bucket; later ones go before earlier ones. */
  readonly folders: readonly string[]
  /** What `/` shows. */
  readonly index: string
  /** What is shown, with which status, where there is no file. */
  readonly missing: { readonly path: string; readonly status: number } | undefined
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Serves the files of a bucket. */
export function serveSite({ folders, index, missing }: Site): Answerer {
  const find = async (path: string) => {
    for (const folder of folders.toReversed()) {
      const file = join(folder, normalize(`/${path}`))
      const found = await stat(file).catch(() => undefined)
      if (found?.isFile()) return file
    }
    return undefined
  }
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname === '/' ? index : decodeURIComponent(pathname)
    const found = await find(path)
    const file = found ?? (missing && (await find(missing.path)))
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n')
      return
    }
    const status = found ? 200 : (missing?.status ?? 200)
    response.writeHead(status, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    if (request.method === 'HEAD') response.end()
    else createReadStream(file).pipe(response)
  }
}
