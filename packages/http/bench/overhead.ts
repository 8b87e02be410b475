import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'

/**
 * What HTTP costs: a command route of Weir, whose runtime answers at once, against a bare node:http server that parses the
 * same JSON. Both are measured in turn, several times; medians are compared.
 *
 *   node --conditions=@weir/source packages/http/bench/overhead.ts [rounds] [seconds]
 */

type Kind = 'bare' | 'weir'
type Sample = { rate: number; cpu: number; p99: number; errors: number }

const [rounds = 3, seconds = 4] = process.argv.slice(2).map(Number)
const body = JSON.stringify({
  name: 'The Cure',
  date: '2030-01-01',
  venue: 'Arena',
  availableTickets: 100,
  ticketPrice: 50,
})

async function start(kind: Kind): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL('server.ts', import.meta.url), [kind])
  const [{ port }] = await once(child, 'message')
  return { child, port }
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [{ cpu }] = await once(child, 'message')
  return cpu.user + cpu.system
}

async function measure({ child, port }: { child: ChildProcess; port: number }, connections: number): Promise<Sample> {
  const before = await cpuOf(child)
  const result = await autocannon({
    url: `http://localhost:${port}/concerts`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration: seconds,
  })
  const cpu = ((await cpuOf(child)) - before) / result.requests.total
  return { rate: result.requests.average, cpu, p99: result.latency.p99, errors: result.errors + result.non2xx }
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

async function compare(connections: number): Promise<void> {
  const servers = { bare: await start('bare'), weir: await start('weir') }
  const samples: Record<Kind, Sample[]> = { bare: [], weir: [] }
  for (const kind of ['bare', 'weir'] as const) await measure(servers[kind], connections)
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['bare', 'weir'] as const) samples[kind].push(await measure(servers[kind], connections))
  }
  for (const { child } of Object.values(servers)) child.disconnect()
  const of = (kind: Kind, field: keyof Sample) => median(samples[kind].map((sample) => sample[field]))
  const share = (of('weir', 'rate') / of('bare', 'rate')) * 100
  const line = (kind: Kind) =>
    `${kind} ${Math.round(of(kind, 'rate'))} requests/s, ${of(kind, 'cpu').toFixed(1)} µs CPU each, p99 ${of(kind, 'p99')} ms, ${of(kind, 'errors')} errors`
  console.log(`${connections} connections: ${line('bare')}; ${line('weir')}; ${share.toFixed(0)} %`)
}

for (const connections of [64, 256]) await compare(connections)
