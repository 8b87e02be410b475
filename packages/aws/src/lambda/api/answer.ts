import { gzipSync } from 'node:zlib'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

/** What a Lambda may answer, in bytes of JSON. */
const LARGEST = 6_291_556

/** Shorter ones fit, however they are written: no sign becomes more than six. */
const SURELY_FITS = 1_000_000

const TEXT =
  /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|graphql)|application\/x-www-form-urlencoded|image\/svg\+xml)/i

/** A whole answer, and to whom it goes. */
export interface Ending {
  readonly response: Response
  /** Of the response, which has been read. */
  readonly body: Buffer<ArrayBuffer>
  /** What stands before the paths that answers lead to. */
  readonly stage: string
  readonly acceptsGzip: boolean
}

/**
 * An answer as an HTTP API takes it: text as it is, all else in base64, cookies as a list. One that would be too large is
 * compressed, where the caller takes that.
 *
 * @returns undefined when the answer is larger than a Lambda may give
 */
export function answerOf(ending: Ending): APIGatewayProxyStructuredResultV2 | undefined {
  const { response, body, acceptsGzip } = ending
  const headers = headersOf(ending)
  const cookies = response.headers.getSetCookie()
  const base = { statusCode: response.status, headers, ...(cookies.length > 0 && { cookies }) }
  const plain = isText(response.headers) ? textOf(body) : undefined
  const text = { ...base, body: plain, isBase64Encoded: false }
  if (plain !== undefined && (body.length <= SURELY_FITS || fits(text))) return text
  const encoded = { ...base, body: body.toString('base64'), isBase64Encoded: true }
  if (body.length <= SURELY_FITS || fits(encoded)) return encoded
  if (!acceptsGzip || response.headers.has('content-encoding')) return undefined
  const zipped = { ...encoded, headers: { ...headers, ...gzipped(headers) }, body: gzipSync(body).toString('base64') }
  return fits(zipped) ? zipped : undefined
}

function headersOf({ response, stage }: Ending): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of response.headers) if (name !== 'set-cookie') headers[name] = value
  const { location, link } = headers
  if (location?.startsWith('/')) headers.location = stage + location
  if (link !== undefined) headers.link = link.replaceAll('</', `<${stage}/`)
  return headers
}

function gzipped({ vary }: Record<string, string>): Record<string, string> {
  return { 'content-encoding': 'gzip', vary: vary === undefined ? 'accept-encoding' : `${vary}, accept-encoding` }
}

function isText(headers: Headers): boolean {
  return !headers.has('content-encoding') && TEXT.test(headers.get('content-type') ?? 'text/plain')
}

/** Undefined when it is no UTF-8, whatever its type says. */
function textOf(body: Buffer): string | undefined {
  const text = body.toString('utf8')
  return text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(body) ? undefined : text
}

function fits(result: APIGatewayProxyStructuredResultV2): boolean {
  return Buffer.byteLength(JSON.stringify(result)) <= LARGEST
}
