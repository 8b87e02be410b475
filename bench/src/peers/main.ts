import { parseArgs } from 'node:util'
import { openPlaces } from '../places.ts'
import { type Case, casesOf } from './cases.ts'
import { compare } from './compare.ts'
import { installPeers } from './install.ts'
import { engineNames, type Failure, type PeerEngine, type Row, workNames } from './job.ts'
import { machineOf } from './machine.ts'
import { judge } from './targets.ts'
import { keptResults, write } from './write.ts'

const HELP = `Weir and its peers on the same work, in turns: Emmett on SQLite and PostgreSQL, Castore on DynamoDB and in
memory, and the raw limits of node:sqlite, pg, the AWS SDK and node:http.

  npm run bench:peers                       all works on all engines, the median of 5 runs each
  npm run bench:peers -- --quick            one small run each, under 5 minutes
  npm run bench:peers -- --runs 7           more runs
  npm run bench:peers -- --only contention  one work: ${workNames.join(', ')}
  npm run bench:peers -- --engine sqlite    one engine: ${engineNames.join(', ')}

Installs the peers into bench/peers when they are not there. Checks all results, and writes bench/results.json,
bench/results-machine.json, bench/RESULTS.md and bench/results.svg after each comparison. With --only or --engine
what was found before of the rest stays there, but with --quick.`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    engine: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  const runs = values.quick ? 1 : wholeNumber(values.runs)
  const wanted = casesOf(values.quick).filter(isWanted)
  if (wanted.length === 0) throw new Error(`There is nothing to measure: --only is one of ${workNames.join(', ')}.`)
  installPeers(say)
  const isAnew = (one: Pick<Case, 'work' | 'engine'>) => values.quick || isWanted(one)
  const kept = keptResults()
  const rows: Row[] = kept.rows.filter((row) => !isAnew(row))
  const failures: Failure[] = kept.failures.filter((failure) => !isAnew(failure))
  const servers: Record<string, string> = {}
  for (const engine of engineNames) {
    const ofEngine = wanted.filter((one) => one.engine === engine)
    if (ofEngine.length === 0) continue
    const places = await openPlaces(engine)
    if (places.server) servers[engine] = places.server
    try {
      for (const one of ofEngine) {
        const found = await compare(one, places, runs, progress)
        rows.push(...found.rows)
        failures.push(...found.failures)
        write({ machine: machineOf(values.quick, { ...kept.servers, ...servers }), rows, failures })
      }
    } finally {
      await places.close()
    }
  }
  progress('')
  sayTargets(rows)
}

function isWanted({ work, engine }: Pick<Case, 'work' | 'engine'>): boolean {
  return work.includes(values.only) && (values.engine ?? engine) === engine
}

function sayTargets(rows: readonly Row[]): void {
  for (const { target, times, met } of judge(rows)) {
    if (times === undefined) continue
    say(`${met ? 'met   ' : 'MISSED'}  ${target.name}: ${times.toFixed(2)} × (wanted: ${target.times.toFixed(2)} ×)`)
  }
  say('All of it is in bench/RESULTS.md and bench/results.json.')
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--runs is a whole number from 1 on, not ${text}.`)
  return Number(text)
}

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`)
  else if (what) process.stderr.write(`${what}\n`)
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

const isEngine = (name: string): name is PeerEngine => engineNames.some((each) => each === name)

if (values.help) say(HELP)
else if (values.engine !== undefined && !isEngine(values.engine))
  throw new Error(`There is no engine ${values.engine}: it is one of ${engineNames.join(', ')}.`)
else await main()
