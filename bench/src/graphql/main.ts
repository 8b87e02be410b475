import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { inTemporaryFolder } from '../measure.ts'
import { type Kind, kinds, type Load, loadOf, placeOrders } from './load.ts'

const HELP = `Reads the same documents from one server, by REST and by GraphQL in turns, and checks every answer.

  npm run bench:graphql                     64 connections, 3 rounds of 4 seconds each
  npm run bench:graphql -- --connections 256
  npm run bench:graphql -- --rounds 5 --seconds 8`

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
})

const WANTED = 0.5

async function main(directory: string): Promise<void> {
  const [connections, rounds, seconds] = [values.connections, values.rounds, values.seconds].map(Number) as [
    number,
    number,
    number,
  ]
  const child = fork(join(import.meta.dirname, 'server.ts'), [directory], { stdio: 'inherit' })
  try {
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    const ids = await placeOrders(url, 100)
    const loads: Record<Kind, Load[]> = { rest: [], graphql: [], fields: [], list: [], 'rest list': [] }
    for (const kind of kinds) await loadOf(child, { url, kind, ids, connections, seconds: 1 })
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of kinds) loads[kind].push(await loadOf(child, { url, kind, ids, connections, seconds }))
    }
    const median = (kind: Kind): Load => {
      const sorted = loads[kind].toSorted((a, b) => a.perSecond - b.perSecond)
      return sorted[Math.floor(sorted.length / 2)] as Load
    }
    const line = (kind: Kind, beside: Kind) => {
      const { perSecond, cpuMicros, p99Ms } = median(kind)
      const share = ((perSecond / median(beside).perSecond) * 100).toFixed(0)
      const rate = Math.round(perSecond).toLocaleString('en').padStart(7)
      return `${kind.padEnd(10)} ${rate}/s  ${share.padStart(3)} % of ${beside}  ${cpuMicros.toFixed(0).padStart(4)} µs CPU  p99 ${p99Ms} ms`
    }
    say(line('rest', 'rest'))
    say(line('graphql', 'rest'))
    say(line('fields', 'rest'))
    say(line('rest list', 'rest list'))
    say(line('list', 'rest list'))
    const share = median('graphql').perSecond / median('rest').perSecond
    say(`a simple query reaches ${(share * 100).toFixed(0)} % of REST (wanted: ${WANTED * 100} %)`)
    if (share < WANTED) process.exitCode = 1
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

if (values.help) say(HELP)
else await inTemporaryFolder(main)
