import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Handler } from '../exchange/answer.ts'
import { matchesNone } from '../rest/etag.ts'
import { contentTag } from '../rest/tagged.ts'

interface Asset {
  readonly etag: string
  readonly plain: Uint8Array<ArrayBuffer>
  readonly zipped: Uint8Array<ArrayBuffer>
}

const zip = promisify(gzip)

/** Answers a file of Swagger UI. It is read and compressed at its first request, once for all applications. */
export function assetHandler(file: string, type: string): Handler {
  return async (exchange) => {
    const { etag, plain, zipped } = await load(file)
    const headers: Record<string, string> = {
      'cache-control': 'public, max-age=3600',
      'cross-origin-resource-policy': 'same-origin',
      etag,
      vary: 'Accept-Encoding',
    }
    if (matchesNone(exchange.header('if-none-match'), etag)) return { status: 304, headers, body: null }
    headers['content-type'] = type
    if (!takesGzip(exchange.header('accept-encoding'))) return { status: 200, headers, body: plain }
    headers['content-encoding'] = 'gzip'
    return { status: 200, headers, body: zipped }
  }
}

const assets = new Map<string, Promise<Asset>>()

function load(file: string): Promise<Asset> {
  const known = assets.get(file)
  if (known) return known
  const loading = read(file)
  assets.set(file, loading)
  loading.catch(() => assets.delete(file))
  return loading
}

/** What is published has the files beside it; sources take them from where they are installed. */
function folder(): string | URL {
  const isSource = import.meta.url.endsWith('.ts')
  return isSource ? import.meta.resolve('swagger-ui-dist/package.json') : new URL('../swagger-ui/', import.meta.url)
}

async function read(file: string): Promise<Asset> {
  const plain = new Uint8Array(await readFile(new URL(file, folder())))
  const zipped = new Uint8Array(await zip(plain))
  return { etag: contentTag(plain), plain, zipped }
}

function takesGzip(header = ''): boolean {
  return /\bgzip\b/.test(header) && !/\bgzip\s*;\s*q=0(?:\.0+)?\b(?!\.)/.test(header)
}
