import { Agent, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: what the test says it is
  readonly body: any
}

export interface Call {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
}

/** One request. Rejects when the connection fails before the whole answer is there. */
export function call(method: string, url: string, { body, headers, agent }: Call = {}): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const sent = { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: sent, agent: agent ?? defaultAgent }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const received = Buffer.concat(chunks).toString()
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parse(received) })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

/** A connection a request: none is there that a server could have closed meanwhile. */
const defaultAgent = new Agent({ keepAlive: false })

export const get = (url: string, headers: Record<string, string> = {}): Promise<Answer> => call('GET', url, { headers })

export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  call('POST', url, { body, headers })

/** All documents of a list, page by page as its `Link` header leads. */
export async function getAll(url: string): Promise<Record<string, unknown>[]> {
  const { status, headers, body } = await get(url)
  if (status !== 200) throw new Error(`GET ${url}: ${status} ${JSON.stringify(body)}`)
  const [, next] = /<([^>]+)>; rel="next"/.exec(String(headers.link)) ?? []
  return next === undefined ? body : [...body, ...(await getAll(new URL(next, url).href))]
}

/** Waits until a server can serve everything that was recorded before it started. */
export async function ready(url: string): Promise<void> {
  while ((await get(new URL('/ready', url).href)).status !== 200);
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}
