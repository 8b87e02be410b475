import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Handler } from '../exchange/answer.ts'
import { matchesNone } from '../rest/etag.ts'
import { contentTag } from '../rest/tagged.ts'

/** How a file is answered. */
export interface FileOptions {
  readonly type: string
  /** What caches may do with it: `Cache-Control`. */
  readonly cache: string
  /** Header names are in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

interface Content {
  readonly etag: string
  readonly plain: Uint8Array<ArrayBuffer>
  readonly zipped: Uint8Array<ArrayBuffer>
}

const zip = promisify(gzip)

/** Answers a file, compressed for who takes that. It is read at its first request, and kept. */
export function fileHandler(file: string | URL, { type, cache, headers: more }: FileOptions): Handler {
  return async (exchange) => {
    const { etag, plain, zipped } = await load(file)
    const headers: Record<string, string> = {
      'cache-control': cache,
      'cross-origin-resource-policy': 'same-origin',
      etag,
      vary: 'Accept-Encoding',
      ...more,
    }
    if (matchesNone(exchange.header('if-none-match'), etag)) return { status: 304, headers, body: null }
    headers['content-type'] = type
    if (!takesGzip(exchange.header('accept-encoding'))) return { status: 200, headers, body: plain }
    headers['content-encoding'] = 'gzip'
    return { status: 200, headers, body: zipped }
  }
}

const contents = new Map<string, Promise<Content>>()

function load(file: string | URL): Promise<Content> {
  const name = String(file)
  const known = contents.get(name)
  if (known) return known
  const loading = read(file)
  contents.set(name, loading)
  loading.catch(() => contents.delete(name))
  return loading
}

async function read(file: string | URL): Promise<Content> {
  const plain = new Uint8Array(await readFile(file))
  const zipped = new Uint8Array(await zip(plain))
  return { etag: contentTag(plain), plain, zipped }
}

function takesGzip(header = ''): boolean {
  return /\bgzip\b/.test(header) && !/\bgzip\s*;\s*q=0(?:\.0+)?\b(?!\.)/.test(header)
}
