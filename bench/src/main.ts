import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figure, inOwnProcess, inTemporaryFolder, medianOf } from './measure.ts'
import { type Row, table } from './report.ts'
import { type HttpFigure, httpRequests } from './work/http.ts'
import { type Work, works } from './works.ts'

const HELP = `Measures Weir beside the raw limits of the machine, all in one run.

  npm run bench                 all works, the median of 3 runs each (some minutes)
  npm run bench -- --runs 5     more runs
  npm run bench -- --quick      one smaller run each (under 40 s)
  npm run bench -- --only http  works whose name holds a word

Prints a table and writes bench/results/latest.json. Every work also checks that its results are right.`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})

const RAW = ['raw single rows', 'raw batches']
const HTTP_SHARE = 0.5

async function main(): Promise<void> {
  const runs = values.quick ? 1 : Number(values.runs ?? 3)
  const rows: Row[] = []
  for (const [index, work] of works.entries()) {
    if (!RAW.includes(work.name) && !work.name.includes(values.only)) continue
    progress(`${work.name}, ${work.callers} callers`)
    const figures: Figure[] = []
    for (let run = 0; run < runs; run += 1) figures.push(await measure(index, work))
    rows.push(rowOf(work, medianOf(figures), rows, runs))
  }
  for (const callers of 'http'.includes(values.only) ? (values.quick ? [64] : [64, 256]) : []) {
    rows.push(...(await measureHttp(callers, runs)))
  }
  progress('')
  process.stdout.write(`${table(rows)}\n`)
  write(rows)
}

function measure(index: number, work: Work): Promise<Figure> {
  const size = values.quick ? work.quickSize : work.size
  return inTemporaryFolder(async (directory) => {
    if (work.prepare) await inOwnProcess('child.ts', String(index), 'prepare', directory, String(size))
    return JSON.parse(await inOwnProcess('child.ts', String(index), 'run', directory, String(size)))
  })
}

function rowOf({ name, callers, beside, target }: Work, figure: Figure, rows: readonly Row[], runs: number): Row {
  const raw = rows.find(({ work }) => work === beside)
  const share = raw && figure.perSecond / raw.perSecond
  const row = { work: name, callers, ...figure, runs, ...(raw && share && { beside: { work: raw.work, share } }) }
  if (!target) return row
  const met = figure.perSecond >= (target.perSecond ?? 0) && (share ?? 0) >= (target.share ?? 0)
  const wanted = target.perSecond?.toLocaleString('en') ?? `${(target.share ?? 0) * 100} %`
  return { ...row, target: `≥ ${wanted}`, met }
}

const SERVERS = ['bare', 'commands', 'read-model'] as const

/** The servers take turns, so that what else the machine does falls on all alike. */
async function measureHttp(callers: number, runs: number): Promise<Row[]> {
  const figures: Record<(typeof SERVERS)[number], HttpFigure[]> = { bare: [], commands: [], 'read-model': [] }
  const seconds = values.quick ? 2 : 8
  for (let run = 0; run < runs; run += 1) {
    for (const server of SERVERS) {
      progress(`http, ${server}, ${callers} connections`)
      figures[server].push(await httpRequests(server, callers, seconds))
    }
  }
  const bare = medianOf(figures.bare)
  const weir = (work: string, figure: HttpFigure): Row => {
    const share = figure.perSecond / bare.perSecond
    return { work, callers, runs, ...figure, beside: { work: 'bare node:http', share } }
  }
  const commands = weir('http commands', medianOf(figures.commands))
  const met = (commands.beside?.share ?? 0) >= HTTP_SHARE
  return [
    { work: 'bare node:http', callers, runs, ...bare },
    { ...commands, target: `≥ ${HTTP_SHARE * 100} %`, met },
    weir('http commands, with a read model', medianOf(figures['read-model'])),
  ]
}

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`)
}

function write(rows: readonly Row[]): void {
  const folder = join(import.meta.dirname, '..', 'results')
  mkdirSync(folder, { recursive: true })
  const [cpu] = cpus()
  const machine = { cores: cpus().length, model: cpu?.model, node: process.version, platform: process.platform }
  const result = { at: new Date().toISOString(), quick: values.quick, machine, rows }
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(result, null, 2)}\n`)
}

if (values.help) process.stdout.write(`${HELP}\n`)
else await main()
