import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { deposit } from '../definitions.ts'

/** What a load on one server found. */
export interface HttpFigure {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: number
  /** What a request costs the server's process; other load on the machine disturbs it least of all figures. */
  readonly cpuMicros: number
}

/** The same, and what the server was asked for in all, with the warm-up. */
export interface Loaded extends HttpFigure {
  /** How many requests were answered while it was measured. */
  readonly count: number
  /** How many requests were answered with 201. The load ends with some on their way: so there may be more in the store. */
  readonly answered: number
  readonly sent: number
}

/** Requests per second that a server answers with 201 to a JSON body, by connections that each wait for their answer. */
export function httpRequests(
  place: string,
  server: 'bare' | 'commands' | 'read-model',
  connections: number,
  seconds: number,
): Promise<HttpFigure> {
  return withServer(server === 'bare' ? 'bare.ts' : 'weir.ts', [place, server], async (url, usage) => {
    const { count: _, answered: __, sent: ___, ...figure } = await loaded(url, usage, connections, seconds)
    return figure
  })
}

/** The same of a server that runs. */
export async function loaded(
  url: string,
  usage: () => Promise<Usage>,
  connections: number,
  seconds: number,
): Promise<Loaded> {
  const warmUp = await load(url, connections, Math.min(2, seconds / 2))
  const before = await usage()
  const measured = await load(url, connections, seconds)
  const { requests, latency } = measured
  const after = await usage()
  const count = measured['2xx']
  return {
    perSecond: requests.average,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    rssMb: after.rssMb,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests.total,
    count,
    answered: warmUp['2xx'] + count,
    sent: warmUp.requests.sent + requests.sent,
  }
}

/** The most memory that a server had so far, and its processor time. */
interface Usage {
  readonly rssMb: number
  readonly cpuMicros: number
}

/** Runs with a server of the folder `server` in a process of its own. */
export async function withServer<Result>(
  file: string,
  parameters: readonly string[],
  run: (url: string, usage: () => Promise<Usage>) => Promise<Result>,
): Promise<Result> {
  const child = fork(join(import.meta.dirname, '..', 'server', file), [...parameters], { stdio: 'inherit' })
  try {
    const [{ url }] = (await Promise.race([once(child, 'message'), deathOf(child)])) as [{ url: string }]
    return await run(url, () => usageOf(child))
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
}

async function deathOf(child: ChildProcess): Promise<never> {
  const [code, signal] = await once(child, 'exit')
  throw new Error(`The server ended with ${code ?? signal}`)
}

async function load(url: string, connections: number, duration: number): Promise<autocannon.Result> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(deposit)
  let first: string | undefined
  const setupClient = (client: autocannon.Client) =>
    noteFailure(client, (failure) => {
      first ??= failure
    })
  const request = { url: `${url}/accounts`, method: 'POST', headers, body } as const
  const result = await autocannon({ ...request, connections, duration, setupClient })
  const wrong = result.non2xx + result.errors
  const told = first ? `; the first: ${first}` : result.timeouts > 0 ? `; ${result.timeouts} had no answer in time` : ''
  if (wrong > 0) throw new Error(`${wrong} of ${result.requests.sent} requests were not answered with 201${told}`)
  return result
}

/** The body comes as it was read from the connection, which may be with its headers. */
function noteFailure(client: autocannon.Client, note: (failure: string) => void): void {
  let status = 0
  client.on('headers', (headers) => {
    status = Number(headers.statusCode)
  })
  client.on('body', (body) => {
    if (status !== 201) note(`${status} ${String(body).split('\r\n\r\n').at(-1)?.slice(0, 500)}`)
  })
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send('usage')
  const [usage] = await once(child, 'message')
  return usage
}
