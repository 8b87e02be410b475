import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { deposit } from '../definitions.ts'
import { inTemporaryFolder } from '../measure.ts'

/** What a load on one server found. */
export interface HttpFigure {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: number
}

/** Requests per second that a server answers with 201 to a JSON body, by connections that each wait for their answer. */
export function httpRequests(server: 'weir' | 'bare', connections: number, seconds: number): Promise<HttpFigure> {
  return inTemporaryFolder(async (directory) => {
    const child = fork(join(import.meta.dirname, '..', 'server', `${server}.ts`), [directory], { stdio: 'inherit' })
    try {
      const [{ url }] = (await once(child, 'message')) as [{ url: string }]
      await load(url, connections, Math.min(2, seconds / 2))
      const result = await load(url, connections, seconds)
      const rssMb = await residentMemory(child)
      const { average: perSecond } = result.requests
      return { perSecond, p50Ms: result.latency.p50, p99Ms: result.latency.p99, rssMb }
    } finally {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  })
}

async function load(url: string, connections: number, duration: number): Promise<autocannon.Result> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(deposit)
  const result = await autocannon({ url: `${url}/accounts`, method: 'POST', headers, body, connections, duration })
  const wrong = result.non2xx + result.errors + result.timeouts
  if (wrong > 0) throw new Error(`${wrong} of ${result.requests.total} requests to ${url} were not answered with 201`)
  return result
}

async function residentMemory(child: ChildProcess): Promise<number> {
  child.send('memory')
  const [{ rss }] = (await once(child, 'message')) as [{ rss: number }]
  return rss / 1024 / 1024
}
