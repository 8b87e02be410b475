import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type EngineName, engineNames } from './engine.ts'
import { type Figure, inOwnProcess, medianOf } from './measure.ts'
import { openPlaces, type Places } from './places.ts'
import { type Row, table } from './report.ts'
import { type HttpFigure, httpRequests } from './work/http.ts'
import { type Target, type Work, works } from './works.ts'

const HELP = `Measures Weir beside the raw limits of the machine, all in one run.

  npm run bench                       all works on SQLite, the median of 3 runs each (some minutes)
  npm run bench -- --engine postgres  on PostgreSQL: that of DATABASE_URL, else one that is started for this
  npm run bench -- --runs 5           more runs
  npm run bench -- --quick            one smaller run each (under 40 s on SQLite)
  npm run bench -- --only http        works whose name holds a word

Prints a table and writes bench/results/latest.json. Every work also checks that its results are right.`

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})

const HTTP_SHARE = 0.5

async function main(engine: EngineName): Promise<void> {
  const runs = values.quick ? 1 : Number(values.runs ?? 3)
  const places = await openPlaces(engine)
  const rows: Row[] = []
  // Written down after each, so that a run that is broken off has not been in vain.
  const add = (...found: Row[]) => {
    rows.push(...found)
    write(rows, places.server)
  }
  try {
    for (const [index, work] of works.entries()) {
      if (isWanted(work, engine)) add(rowOf(work, engine, await measureOften(places, index, work, runs), rows, runs))
    }
    for (const callers of 'http'.includes(values.only) ? (values.quick ? [64] : [64, 256]) : []) {
      add(...(await measureHttp(engine, places, callers, runs)))
    }
    progress('')
    process.stdout.write(`${table(rows)}\n`)
  } finally {
    await places.close()
  }
}

async function measureOften(places: Places, index: number, work: Work, runs: number): Promise<Figure> {
  progress(`${work.name}, ${work.callers} callers`)
  const figures: Figure[] = []
  for (let run = 0; run < runs; run += 1) figures.push(await measure(places, index, work))
  return medianOf(figures)
}

function isWanted({ name, engines = engineNames }: Work, engine: EngineName): boolean {
  return engines.includes(engine) && (name.startsWith('raw') || name.includes(values.only))
}

function measure(places: Places, index: number, work: Work): Promise<Figure> {
  const size = values.quick ? work.quickSize : work.size
  return places.use(async (place) => {
    if (work.prepare) await inOwnProcess('child.ts', String(index), 'prepare', place, String(size))
    return JSON.parse(await inOwnProcess('child.ts', String(index), 'run', place, String(size)))
  })
}

function rowOf(work: Work, engine: EngineName, figure: Figure, rows: readonly Row[], runs: number): Row {
  const raw = rows.find((row) => row.work === work.beside?.[engine])
  const share = raw && figure.perSecond / raw.perSecond
  const { name, callers } = work
  const row = { work: name, callers, ...figure, runs, ...(raw && share && { beside: { work: raw.work, share } }) }
  const target = work.targets?.[engine]
  return target ? { ...row, target: wanted(target), met: isMet(target, row) } : row
}

function isMet({ perSecond = 0, share = 0, p99Ms = Number.POSITIVE_INFINITY }: Target, row: Row): boolean {
  return row.perSecond >= perSecond && (row.beside?.share ?? 0) >= share && (row.p99Ms ?? 0) < p99Ms
}

function wanted({ perSecond, share = 0, p99Ms }: Target): string {
  if (p99Ms !== undefined) return `p99 < ${p99Ms} ms`
  return `≥ ${perSecond?.toLocaleString('en') ?? `${share * 100} %`}`
}

const SERVERS = ['bare', 'commands', 'read-model'] as const

/** The servers take turns, so that what else the machine does falls on all alike. */
async function measureHttp(engine: EngineName, places: Places, callers: number, runs: number): Promise<Row[]> {
  const figures: Record<(typeof SERVERS)[number], HttpFigure[]> = { bare: [], commands: [], 'read-model': [] }
  const seconds = values.quick ? 2 : 8
  for (let run = 0; run < runs; run += 1) {
    for (const server of SERVERS) {
      progress(`http, ${server}, ${callers} connections`)
      figures[server].push(await places.use((place) => httpRequests(place, server, callers, seconds)))
    }
  }
  const bare = medianOf(figures.bare)
  const weir = (work: string, figure: HttpFigure): Row => {
    const share = figure.perSecond / bare.perSecond
    return { work, callers, runs, ...figure, beside: { work: 'bare node:http', share } }
  }
  const commands = weir('http commands', medianOf(figures.commands))
  const target: Target = { share: HTTP_SHARE }
  return [
    { work: 'bare node:http', callers, runs, ...bare },
    engine === 'sqlite' ? { ...commands, target: wanted(target), met: isMet(target, commands) } : commands,
    weir('http commands, with a read model', medianOf(figures['read-model'])),
  ]
}

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`)
}

function write(rows: readonly Row[], server: string | undefined): void {
  const folder = join(import.meta.dirname, '..', 'results')
  mkdirSync(folder, { recursive: true })
  const [cpu] = cpus()
  const machine = { cores: cpus().length, model: cpu?.model, node: process.version, platform: process.platform }
  const result = { at: new Date().toISOString(), engine: values.engine, server, quick: values.quick, machine, rows }
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(result, null, 2)}\n`)
}

const engine = engineNames.find((name) => name === values.engine)
if (values.help) process.stdout.write(`${HELP}\n`)
else if (engine) await main(engine)
else throw new Error(`There is no engine ${values.engine}: it is ${engineNames.join(' or ')}.`)
