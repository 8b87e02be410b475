import { openPlaces, type Places } from '../places.ts'
import type { Case } from './cases.ts'
import { type Compared, compare, labelOf } from './compare.ts'
import { consoleFailures, consoleTable, consoleTargets } from './console.ts'
import { installPeers } from './install.ts'
import { engineNames, type Failure, type PeerEngine, type Row, workNames } from './job.ts'
import { machineOf } from './machine.ts'
import { isWanted, type Options, optionsOf, UsageError, wantedOf } from './options.ts'
import { judge } from './targets.ts'
import { keptResults, write } from './write.ts'

const HELP = `Weir and its peers on the same work, in turns: Emmett on SQLite and PostgreSQL, Castore on DynamoDB and in
memory, and the raw limits of node:sqlite, pg, the AWS SDK and node:http.

  npm run bench:peers                       all works on all engines, the median of 5 runs each
  npm run bench:peers -- --quick            the main works, one small run each, under 5 minutes
  npm run bench:peers -- --runs 7           more runs
  npm run bench:peers -- --only contention  one work: ${workNames.join(', ')}
  npm run bench:peers -- --engine sqlite    one engine: ${engineNames.join(', ')}

The first run installs the peers' packages into bench/peers.

What is written: bench/results.json, bench/results-machine.json, bench/RESULTS.md and bench/results.svg, after each
comparison.
  With --only or --engine, the rest of these files stays as it was found before.
  With --quick, they are replaced: they then hold this quick run and nothing else.
  With --quick and --only or --engine, nothing is written: the figures are printed as a table.

Ends with 1 when Weir itself has failed at something, with 2 when the options are wrong.`

/** A quick run begins nothing new after that: so that it ends within 5 minutes, the peers' installation included. */
const QUICK_BUDGET_MS = 265_000

/** What a run found so far. */
interface Progress extends Compared {
  readonly rows: Row[]
  readonly failures: Failure[]
  /** For what a quick run had no time. */
  readonly leftOut: Case[]
}

async function main(options: Options): Promise<void> {
  const wanted = wantedOf(options)
  const end = options.quick ? Date.now() + QUICK_BUDGET_MS : Number.POSITIVE_INFINITY
  await installPeers(say)
  const found: Progress = { rows: [], failures: [], leftOut: [] }
  const save = savingOf(options)
  for (const engine of engineNames) {
    const ofEngine = wanted.filter((one) => one.engine === engine)
    if (ofEngine.length === 0) continue
    const places = await openPlaces(engine)
    try {
      await compareAll(ofEngine, places, options, end, found, () => save(engine, places.server, found))
    } finally {
      await places.close()
    }
  }
  progress('')
  tell(options, found)
}

async function compareAll(
  cases: readonly Case[],
  places: Places,
  options: Options,
  end: number,
  found: Progress,
  save: () => void,
): Promise<void> {
  for (const one of cases) {
    if (Date.now() > end) {
      found.leftOut.push(one)
      continue
    }
    const { rows, failures } = await compare(one, places, options, progress)
    found.rows.push(...rows)
    found.failures.push(...failures)
    save()
  }
}

/** Writes what is found beside what was found before of the rest. */
function savingOf(options: Options) {
  const kept = keptResults()
  const isKept = (one: Pick<Case, 'work' | 'engine'>) => !(options.quick || isWanted(one, options))
  const [rows, failures] = [kept.rows.filter(isKept), kept.failures.filter(isKept)]
  const servers: Record<string, string> = { ...kept.servers }
  return (engine: PeerEngine, server: string | undefined, found: Compared) => {
    if (!isWritten(options)) return
    if (server) servers[engine] = server
    const machine = machineOf(options.quick, servers)
    write({ machine, rows: [...rows, ...found.rows], failures: [...failures, ...found.failures] })
  }
}

const isWritten = ({ quick, only, engine }: Options): boolean => !quick || (only ?? engine) === undefined

function tell(options: Options, { rows, failures, leftOut }: Progress): void {
  say(consoleTable(rows))
  say(['', ...consoleTargets(judge(rows, options.quick)), ...consoleFailures(failures)].join('\n'))
  if (leftOut.length > 0) say(`Left out, as the time of a quick run was over: ${leftOut.map(labelOf).join('; ')}.`)
  say(isWritten(options) ? 'All of it is in bench/RESULTS.md and bench/results.json.' : 'Nothing was written.')
  const ofWeir = failures.filter(({ system }) => system === 'weir')
  if (ofWeir.length === 0) return
  say(`Weir itself has no figure for: ${ofWeir.map(labelOf).join('; ')}.`)
  process.exitCode = 1
}

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`)
  else if (what) process.stderr.write(`${what}\n`)
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

try {
  const options = optionsOf(process.argv.slice(2))
  if (options.help) say(HELP)
  else await main(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
