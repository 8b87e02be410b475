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

/** Requests per second that a server answers with 201 to a JSON body, by connections that each wait for their answer. */
export function httpRequests(
  place: string,
  server: 'bare' | 'commands' | 'read-model',
  connections: number,
  seconds: number,
): Promise<HttpFigure> {
  return withServer(server === 'bare' ? 'bare.ts' : 'weir.ts', [place, server], (url, usage) =>
    loaded(url, usage, connections, seconds),
  )
}

/** The same of a server that runs. */
export async function loaded(
  url: string,
  usage: () => Promise<Usage>,
  connections: number,
  seconds: number,
): Promise<HttpFigure> {
  await load(url, connections, Math.min(2, seconds / 2))
  const before = await usage()
  const { requests, latency } = await load(url, connections, seconds)
  const after = await usage()
  const cpuMicros = (after.cpuMicros - before.cpuMicros) / requests.total
  return { perSecond: requests.average, p50Ms: latency.p50, p99Ms: latency.p99, rssMb: after.rssMb, cpuMicros }
}

/** Memory and processor time of a server so far. */
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
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    return await run(url, () => usageOf(child))
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

async function load(url: string, connections: number, duration: number): Promise<autocannon.Result> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(deposit)
  const result = await autocannon({ url: `${url}/accounts`, method: 'POST', headers, body, connections, duration })
  const wrong = result.non2xx + result.errors + result.timeouts
  if (wrong > 0) throw new Error(`${wrong} of ${result.requests.total} requests to ${url} were not answered with 201`)
  return result
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send('usage')
  const [usage] = await once(child, 'message')
  return usage
}
