import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { inTemporaryFolder, percentile } from '../measure.ts'
import { type Kind, kinds, type Load, loadOf, placeOrders } from './load.ts'

const HELP = `Reads the same documents from one server, by REST and by GraphQL in turns, and checks every answer.

  npm run bench:graphql                     64 connections, 15 rounds of 1 second each
  npm run bench:graphql -- --connections 256
  npm run bench:graphql -- --rounds 5 --seconds 8

Rounds are short, and shares those of the median round, so that what else the machine does falls on all alike.`

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '1' },
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
    for (const kind of kinds) say(lineOf(kind, loads))
    const share = shareOf('graphql', loads)
    say(`a simple query reaches ${(share * 100).toFixed(0)} % of REST (wanted: ${WANTED * 100} %)`)
    if (share < WANTED) process.exitCode = 1
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

type Loads = Readonly<Record<Kind, readonly Load[]>>

/** REST's rate for the same documents. */
const beside = (kind: Kind): Kind => (kind.endsWith('list') ? 'rest list' : 'rest')

function lineOf(kind: Kind, loads: Loads): string {
  const of = (figure: keyof Load) => median(loads[kind].map((load) => load[figure]))
  const rate = Math.round(of('perSecond')).toLocaleString('en').padStart(7)
  const share = `${(shareOf(kind, loads) * 100).toFixed(0)} % of ${beside(kind)}`
  return `${kind.padEnd(10)}${rate}/s  ${share.padEnd(18)}${of('cpuMicros').toFixed(0).padStart(5)} µs CPU  p99 ${of('p99Ms')} ms`
}

/** In the median round. */
function shareOf(kind: Kind, loads: Loads): number {
  const rest = loads[beside(kind)]
  return median(loads[kind].map(({ perSecond }, round) => perSecond / (rest[round]?.perSecond ?? 0)))
}

function median(figures: readonly number[]): number {
  return percentile(figures, 0.5)
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

if (values.help) say(HELP)
else await inTemporaryFolder(main)
