import { engineNames, type Failure, type Row, workNames } from './job.ts'
import { type Judged, judge } from './targets.ts'

/** Of what the figures depend on. */
export interface Machine {
  readonly at: string
  readonly quick: boolean
  readonly cores: number
  readonly model: string
  readonly memoryGb: number
  readonly platform: string
  /** Of Node, servers, peers: by their name. */
  readonly versions: Readonly<Record<string, string>>
  /** What is durable when a call is answered: by system, engine and setting. */
  readonly durability: Readonly<Record<string, string>>
}

/** All that a run found. */
export interface Results {
  readonly machine: Machine
  readonly rows: readonly Row[]
  readonly failures: readonly Failure[]
}

const TITLES: Readonly<Record<Row['work'], string>> = {
  create: 'Commands, each on a new stream',
  contention: 'Commands, all on one stream',
  long: 'Commands on a long stream',
  projection: 'Projections from nothing',
  rebuild: 'Rebuild of a read model',
  http: 'Over HTTP',
  growth: 'With more and more events in the store',
}

/** The results as a page: targets, a table for each work, what failed, and the settings. */
export function reportOf({ machine, rows, failures }: Results): string {
  const works = workNames.filter((name) => [...rows, ...failures].some(({ work }) => work === name))
  const [late = [], notLate = []] = [true, false].map((is) => failures.filter(({ isLate = false }) => isLate === is))
  return [
    '# Weir beside its peers',
    introduction(machine, rows),
    '![Rates of all systems, as bars on a logarithmic scale](results.svg)',
    '## Targets',
    targetTable(judge(rows, machine.quick)),
    ...works.flatMap((work) => [`## ${TITLES[work]} (\`${work}\`)`, ...sectionsOf(work, rows)]),
    ...failureSection('## What failed', notLate),
    ...failureSection('## What did not end in time', late),
    ...retriedSection(rows),
    '## Durability',
    tableOf(['system, engine, setting', 'what an answer means'], Object.entries(machine.durability)),
    '## Machine and versions',
    machineTable(machine),
  ]
    .join('\n\n')
    .concat('\n')
}

function introduction({ quick, at }: Machine, rows: readonly Row[]): string {
  const how = quick ? 'npm run bench:peers -- --quick' : 'npm run bench:peers'
  const small = quick ? ' **One small run each: it shows that all works, not how quick it is.**' : ''
  return `Made by \`${how}\` ${datesOf(rows, at.slice(0, 10))}.${small} The systems took turns, each run in a process of its own on an
empty store, and what each left behind was checked: counts, versions without gaps, read models. How it is measured:
[README](README.md#beside-its-peers).`
}

/** Figures that are compared with each other are of one run; those of different works or engines need not be. */
function datesOf(rows: readonly Row[], today: string): string {
  const byDate = Map.groupBy(rows, ({ measured }) => measured)
  if (byDate.size < 2) return `on ${[...byDate.keys()][0] ?? today}`
  const dates = [...byDate].toSorted(([a], [b]) => a.localeCompare(b))
  const works = (ofDate: readonly Row[]) => [...new Set(ofDate.map(({ work, engine }) => `${work} on ${engine}`))]
  return `in several runs: ${dates.map(([date, ofDate]) => `on ${date} ${works(ofDate).join(', ')}`).join('; ')}`
}

function targetTable(judged: readonly Judged[]): string {
  const lines = judged.map(({ target, beside, times, met }) => [
    target.name,
    target.beside.system === 'weir' ? 'itself' : systemOf(beside ?? target.beside),
    `≥ ${factor(target.times)}`,
    times === undefined ? 'not measured' : factor(times),
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ])
  return tableOf(['Weir’s rate', 'beside', 'wanted', 'found', ''], lines)
}

/** A table for each engine, and each variant, and each number of callers that a work has. */
function sectionsOf(work: Row['work'], all: readonly Row[]): string[] {
  const rows = all.filter((row) => row.work === work)
  return engineNames.flatMap((engine) => {
    const ofEngine = rows.filter((row) => row.engine === engine)
    if (ofEngine.length === 0) return []
    return [
      `**${engine}**`,
      tableOf(
        HEADER,
        ofEngine.map((row) => cellsOf(row, weirBeside(row, ofEngine))),
      ),
    ]
  })
}

const HEADER = [
  '',
  'callers',
  'system',
  'per second',
  'Weir is',
  'p50 ms',
  'p99 ms',
  'RSS MiB',
  'runs',
  'done in a run',
]

function cellsOf(row: Row, weir: Row | undefined): string[] {
  const { variant, callers, perSecond, p50Ms, p99Ms, rssMb, runs, count } = row
  return [
    variant ?? '',
    String(callers),
    systemOf(row),
    whole(perSecond),
    row.system === 'weir' || !weir ? '' : factor(weir.perSecond / perSecond),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    whole(rssMb),
    String(runs),
    whole(count),
  ]
}

/** Weir's row that a row took turns with. */
function weirBeside(row: Row, rows: readonly Row[]): Row | undefined {
  return rows.find(
    ({ system, variant, callers }) =>
      system === 'weir' && variant === row.variant && callers === (row.beside ?? row.callers),
  )
}

function failureSection(title: string, failures: readonly Failure[]): string[] {
  return failures.length > 0 ? [title, failureList(failures)] : []
}

function failureList(failures: readonly Failure[]): string {
  return failures
    .map((failure) => {
      const { work, variant, engine, callers } = failure
      const error = failure.error.replaceAll(/\s+/g, ' ').trim()
      const what = [`${work} on ${engine}`, variant, callersOf(callers)].filter(Boolean).join(', ')
      return `- **${systemOf(failure)}**, ${what}: \`${error}\`${retried(failure)}`
    })
    .join('\n')
}

/** As people read it. */
export function callersOf(callers: number): string {
  return callers === 1 ? '1 caller' : `${callers} callers`
}

function retriedSection(rows: readonly Row[]): string[] {
  const lines = rows.flatMap((row) =>
    Object.entries(row.failures ?? {}).map(([error, times]) => [
      `${systemOf(row)}: ${row.work} on ${row.engine}, ${callersOf(row.callers)}`,
      `\`${error}\``,
      `${whole(times)} beside ${whole(row.count)} that succeeded`,
    ]),
  )
  const header = ['who', 'error', 'calls']
  return lines.length > 0 ? ['## Calls that failed and were tried again', tableOf(header, lines)] : []
}

function retried({ failures = {} }: Failure): string {
  const tries = Object.entries(failures).map(([error, times]) => `${whole(times)} × \`${error}\``)
  return tries.length > 0 ? `; tried again before: ${tries.join(', ')}` : ''
}

function machineTable({ cores, model, memoryGb, platform, versions }: Machine): string {
  const machine = [['machine', `${cores} cores, ${model}, ${memoryGb} GB, ${platform}`]]
  return tableOf(['', ''], [...machine, ...Object.entries(versions)])
}

/** A system and its setting, as people read it. */
export function systemOf({ system, setting }: Pick<Row, 'system' | 'setting'>): string {
  return setting ? `${nameOf(system)}: ${setting}` : nameOf(system)
}

export function nameOf(system: Row['system']): string {
  return { weir: 'Weir', emmett: 'Emmett', castore: 'Castore', raw: 'raw' }[system]
}

function factor(times: number): string {
  if (times < 1) return `${Math.round(times * 100)} %`
  return `${times < 10 ? times.toFixed(1) : whole(times)} ×`
}

function whole(figure: number): string {
  return Math.round(figure).toLocaleString('en')
}

function tableOf(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const text = (cell: string) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...lines.map(line)].join('\n')
}
