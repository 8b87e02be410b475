import { engineNames, type Row, workNames } from './job.ts'
import { callersOf, nameOf, systemOf } from './report.ts'

/** Pixels. Words stand left of the bars, figures right of them. */
const [WIDTH, LABELS, FIGURES, BAR, GAP, HEADING, TOP] = [860, 400, 80, 16, 4, 34, 64]

const COLOURS: Readonly<Record<Row['system'], string>> = {
  weir: '#2f81f7',
  emmett: '#d2751a',
  castore: '#a05cc0',
  raw: '#8b949e',
}

const systemNames = Object.keys(COLOURS) as Row['system'][]

interface Group {
  readonly title: string
  readonly rows: readonly Row[]
}

/** The rates of all rows as bars on a logarithmic scale, readable on light and on dark pages. */
export function plotOf(rows: readonly Row[]): string {
  const groups = groupsOf(rows)
  const [low, high] = boundsOf(rows)
  const scale = (rate: number) =>
    ((Math.log10(Math.max(rate, low)) - Math.log10(low)) / Math.log10(high / low)) * (WIDTH - LABELS - FIGURES)
  const parts: string[] = []
  let y = TOP
  for (const { title, rows: ofGroup } of groups) {
    parts.push(`<text class="title" x="0" y="${y + HEADING - 10}">${escaped(title)}</text>`)
    y += HEADING
    for (const row of ofGroup) {
      parts.push(bar(row, y, scale(row.perSecond)))
      y += BAR + GAP
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + GAP}" width="${WIDTH}" height="${y + GAP}" role="img">
<title>Per second, on a logarithmic scale from ${low.toLocaleString('en')} to ${high.toLocaleString('en')}</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 } .label { text-anchor: end }
  .tick { text-anchor: middle; font-size: 11px } line { stroke: #8b949e; stroke-opacity: 0.35 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
</style>
${[...legend(rows), ...ticks(low, high, scale, y), ...parts].join('\n')}
</svg>
`
}

/** Which colour is which system, of those that have a bar. */
function legend(rows: readonly Row[]): string[] {
  const systems = systemNames.filter((system) => rows.some((row) => row.system === system))
  const entries = systems.map((system, index) => {
    const x = index * 90
    return `<rect class="key" x="${x}" y="6" width="12" height="12" rx="2" fill="${COLOURS[system]}"/>
<text x="${x + 18}" y="16">${nameOf(system)}</text>`
  })
  return [...entries, `<text x="${LABELS}" y="16">per second, on a logarithmic scale</text>`]
}

/** A line through all bars at each power of ten, with its number above them. */
function ticks(low: number, high: number, scale: (rate: number) => number, bottom: number): string[] {
  const powers = Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, index) => low * 10 ** index)
  return powers.map((power) => {
    const x = (LABELS + scale(power)).toFixed(1)
    const number = power.toLocaleString('en', { notation: 'compact' })
    return `<line x1="${x}" y1="48" x2="${x}" y2="${bottom}"/>
<text class="tick" x="${x}" y="42">${number}</text>`
  })
}

function bar(row: Row, y: number, width: number): string {
  const middle = y + BAR - GAP
  const rate = Math.round(row.perSecond).toLocaleString('en')
  return `<text class="label" x="${LABELS - 8}" y="${middle}">${escaped(systemOf(row))}</text>
<rect x="${LABELS}" y="${y}" width="${Math.max(1, width).toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[row.system]}"/>
<text x="${(LABELS + Math.max(1, width) + 6).toFixed(1)}" y="${middle}">${rate}</text>`
}

/** Rows that are to be compared with each other, in the order of the report; in a group the quickest first. */
function groupsOf(rows: readonly Row[]): Group[] {
  const places = workNames.flatMap((work) => engineNames.map((engine) => `${work} on ${engine}`))
  const place = ({ work, engine }: Row) => places.indexOf(`${work} on ${engine}`)
  const inOrder = rows.toSorted((a, b) => place(a) - place(b))
  const groups = Map.groupBy(inOrder, ({ work, engine, variant, callers, beside }) =>
    [`${work} on ${engine}`, variant, callersOf(beside ?? callers)].filter(Boolean).join(', '),
  )
  return [...groups].map(([title, ofGroup]) => ({ title, rows: ofGroup.toSorted((a, b) => b.perSecond - a.perSecond) }))
}

/** The powers of ten that all rates lie between. */
function boundsOf(rows: readonly Row[]): readonly [number, number] {
  if (rows.length === 0) return [1, 10]
  const rates = rows.map(({ perSecond }) => perSecond)
  const low = 10 ** Math.floor(Math.log10(Math.max(0.1, Math.min(...rates))))
  const high = 10 ** Math.ceil(Math.log10(Math.max(...rates)))
  return [low, Math.max(high, low * 10)]
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
