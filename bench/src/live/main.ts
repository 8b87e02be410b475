import { parseArgs } from 'node:util'
import { inTemporaryFolder, percentile } from '../measure.ts'
import { Load } from '../rebuild/load.ts'
import { Reference } from '../rebuild/reference.ts'
import { startServer, until } from '../rebuild/server.ts'
import { Viewers } from './viewers.ts'

const HELP = `Holds live queries open at one process while commands arrive, and checks that everybody sees every change.

  npm run bench:live                      1,000 connections, 200 commands/s, 30 seconds
  npm run bench:live -- --connections 200
  npm run bench:live -- --rate 50         commands per second
  npm run bench:live -- --seconds 10

Half of the connections watch one account each, half the page of the richest accounts. Fails when one is led back, or
does not end at what is there.`

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '30' },
    help: { type: 'boolean', default: false },
  },
})

const LONGEST_WAIT = 10_000

async function main(directory: string): Promise<void> {
  const [connections, rate, seconds] = [values.connections, values.rate, values.seconds].map(Number) as [
    number,
    number,
    number,
  ]
  const server = await startServer(directory)
  const accounts = Math.ceil(connections / 2)
  const reference = new Reference(accounts, 0)
  const viewers = new Viewers(server.url)
  const load = new Load(server.url, reference, rate, (id) => viewers.acknowledge(id, reference.acknowledged(id)))
  await load.warmUp()
  await until(async () => (await richest(server.url, accounts)).length === Math.min(accounts, 1000))
  for (const id of reference.ids) await viewers.watchAccount(id)
  while (viewers.count < connections) await viewers.watchRichest()
  say(`${viewers.count} connections are open; the server uses ${server.memory()} MiB`)
  load.take()
  viewers.lags.length = 0
  load.start()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  await load.stop()
  const { commands, p50Ms, p99Ms } = load.take()
  await allSeen(viewers, reference, server.url)
  say(`${commands.toLocaleString('en')} commands: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`)
  const [half, most] = [0.5, 0.99].map((share) => percentile(viewers.lags, share).toFixed(0))
  say(`from an answer to its viewer: p50 ${half} ms, p99 ${most} ms of ${viewers.lags.length.toLocaleString('en')}`)
  say('every connection has seen every account as it is, and none was led back')
  say(`the server used ${server.memory()} MiB at most (wanted: less than 400)`)
  viewers.leave()
  await server.stop('SIGTERM')
}

async function allSeen(viewers: Viewers, reference: Reference, url: string): Promise<void> {
  const last = performance.now() + LONGEST_WAIT
  await until(async () => {
    if (performance.now() > last) throw new Error('A connection does not show what is there')
    return viewers.haveSeen(reference, await richest(url, 20))
  })
}

async function richest(url: string, limit: number) {
  const answer = await fetch(`${url}/accounts?sort=-balance&limit=${Math.min(limit, 1000)}`)
  return (await answer.json()) as { id: string; balance: number }[]
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

if (values.help) say(HELP)
else await inTemporaryFolder(main)
