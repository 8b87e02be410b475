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
const HTTP_CONNECTIONS = 64
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
  if ('http'.includes(values.only)) rows.push(...(await measureHttp(runs)))
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

/** The two servers take turns, so that what else the machine does falls on both alike. */
async function measureHttp(runs: number): Promise<Row[]> {
  const figures: Record<'weir' | 'bare', HttpFigure[]> = { weir: [], bare: [] }
  const seconds = values.quick ? 3 : 8
  for (let run = 0; run < runs; run += 1) {
    for (const server of ['bare', 'weir'] as const) {
      progress(`http, ${server}`)
      figures[server].push(await httpRequests(server, HTTP_CONNECTIONS, seconds))
    }
  }
  const bare = medianOf(figures.bare) as HttpFigure
  const weir = medianOf(figures.weir) as HttpFigure
  const share = weir.perSecond / bare.perSecond
  const target = `≥ ${HTTP_SHARE * 100} %`
  const common = { callers: HTTP_CONNECTIONS, runs }
  return [
    { work: 'bare node:http', ...common, ...bare },
    {
      work: 'http commands',
      ...common,
      ...weir,
      beside: { work: 'bare node:http', share },
      target,
      met: share >= HTTP_SHARE,
    },
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
