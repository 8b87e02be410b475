import { describe, expect, it } from 'vitest'
import type { Row } from './job.ts'
import { plotOf } from './plot.ts'
import { type Machine, reportOf } from './report.ts'
import { judge } from './targets.ts'

const row = (system: Row['system'], perSecond: number, rest: Partial<Row> = {}): Row => ({
  ...{ work: 'create', engine: 'sqlite', system, callers: 64, perSecond, p50Ms: 1, p99Ms: 2, rssMb: 100, runs: 5 },
  measured: '2026-11-28',
  count: 1000,
  ...rest,
})

const machine: Machine = {
  at: '2026-11-28T12:00:00.000Z',
  quick: false,
  cores: 2,
  model: 'a model',
  memoryGb: 24,
  platform: 'Linux',
  versions: { node: 'v24' },
  durability: { 'weir, sqlite': 'WAL, synchronous=FULL' },
}

const newStreams = (rows: readonly Row[]) =>
  judge(rows).find(({ target }) => target.name === 'SQLite: commands on new streams, 64 callers')

describe('a target', () => {
  it('is met when Weir is quicker than the best setting of the peer by what is wanted', () => {
    const rows = [row('weir', 50_000), row('emmett', 1000), row('emmett', 400, { setting: 'slow' })]
    expect(newStreams(rows)).toMatchObject({ times: 50, met: true })
  })

  it('is missed when it is not quick enough', () => {
    expect(newStreams([row('weir', 49_999), row('emmett', 1000)])).toMatchObject({ met: false })
  })

  it('is not judged when the peer has no figure', () => {
    expect(newStreams([row('weir', 50_000)])).toMatchObject({ times: undefined, met: undefined })
  })

  it('takes rows of its own work, engine and number of callers only', () => {
    const others = [
      row('emmett', 1, { callers: 1 }),
      row('emmett', 1, { engine: 'postgres' }),
      row('emmett', 1, { work: 'long' }),
    ]
    expect(newStreams([row('weir', 50_000), ...others])?.met).toBeUndefined()
  })
})

describe('the report', () => {
  const emmett = row('emmett', 500, { setting: 'FULL', failures: { 'Error: busy': 7 } })

  it('says how often Weir is as quick as each other, and whether targets are met', () => {
    const page = reportOf({ machine, rows: [row('weir', 50_000), emmett], failures: [] })
    expect(page).toContain('| SQLite: commands on new streams, 64 callers | Emmett: FULL | ≥ 50 × | 100 × | met |')
    expect(page).toContain('|  | 64 | Emmett: FULL | 500 | 100 × | 1.00 | 2.00 | 100 | 5 | 1,000 |')
    expect(page).toContain('`Error: busy` | 7 beside 1,000 that succeeded')
  })

  it('compares with the row that it took turns with, when a raw limit has callers of its own', () => {
    const rows = [row('weir', 50, { callers: 1 }), row('weir', 200, { callers: 512 })]
    const raw = row('raw', 400, { callers: 1, beside: 512, setting: '1,000 rows' })
    expect(reportOf({ machine, rows: [...rows, raw], failures: [] })).toContain('raw: 1,000 rows | 400 | 50 %')
  })

  it('tells what was slow apart from what failed', () => {
    const { work, engine, system, callers, measured } = emmett
    const late = { work, engine, system, callers, measured, error: 'no figure within 10 s', isLate: true }
    const page = reportOf({ machine, rows: [row('weir', 50_000)], failures: [late] })
    expect(page).toContain('## What did not end in time')
    expect(page).not.toContain('## What failed')
  })

  it('names the dates of all runs that its figures are of', () => {
    const rows = [row('weir', 2), row('weir', 1, { work: 'long', measured: '2026-11-27' })]
    expect(reportOf({ machine, rows, failures: [] })).toContain(
      'in several runs: on 2026-11-27 long on sqlite; on 2026-11-28 create on sqlite.',
    )
  })

  it('leaves out the target that a quick run cannot reach', () => {
    const target = 'an append with 10^7 events'
    expect(reportOf({ machine, rows: [], failures: [] })).toContain(target)
    expect(reportOf({ machine: { ...machine, quick: true }, rows: [], failures: [] })).not.toContain(target)
  })

  it('has the exact error of who failed, and no figure', () => {
    const { work, engine, system, callers, setting } = emmett
    const failure = {
      work,
      engine,
      system,
      callers,
      ...(setting && { setting }),
      error: 'Error: no\nfile',
      measured: '2026-11-28',
    }
    const page = reportOf({ machine, rows: [row('weir', 50_000)], failures: [failure] })
    expect(page).toContain('- **Emmett: FULL**, create on sqlite, 64 callers: `Error: no file`')
    expect(page).toContain('| not measured |')
  })
})

describe('the plot', () => {
  const widths = (svg: string) => [...svg.matchAll(/<rect x=[^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))

  it('has a bar for each row, the quickest of a group first, each power of ten as long as the other', () => {
    const [first = 0, second = 0, third = 0] = widths(
      plotOf([row('castore', 20), row('weir', 2000), row('emmett', 200)]),
    )
    expect(first - second).toBeCloseTo(second - third, 0)
    expect(first).toBeGreaterThan(second)
  })

  it('escapes what settings are called', () => {
    expect(plotOf([row('raw', 10, { setting: 'a < b & c' })])).toContain('raw: a &lt; b &amp; c')
  })

  it('has a number at each power of ten, a colour for each system, and says that the scale is logarithmic', () => {
    const svg = plotOf([row('weir', 2000), row('raw', 20)])
    for (const text of ['>10<', '>100<', '>1K<', '>10K<', '>Weir<', '>raw<', 'logarithmic scale<'])
      expect(svg).toContain(text)
    expect(svg).not.toContain('>Castore<')
  })

  it('has the groups in the order of the report', () => {
    const svg = plotOf([row('weir', 1, { work: 'http' }), row('weir', 2, { engine: 'postgres' }), row('weir', 3)])
    const titles = [...svg.matchAll(/class="title"[^>]*>([a-z]+ on [a-z]+)/g)].map(([, title]) => title)
    expect(titles).toEqual(['create on sqlite', 'create on postgres', 'http on sqlite'])
  })

  it('can be drawn before there is any figure', () => {
    expect(plotOf([])).not.toContain('NaN')
  })
})
