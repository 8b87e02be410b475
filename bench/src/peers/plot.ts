import type { Row } from './job.ts'
import { callersOf, systemOf } from './report.ts'

/** Pixels. Words stand left of the bars, figures right of them. */
const [WIDTH, LABELS, FIGURES, BAR, GAP, HEADING] = [860, 400, 80, 16, 4, 34]

const COLOURS: Readonly<Record<Row['system'], string>> = {
  weir: '#2f81f7',
  emmett: '#d2751a',
  castore: '#a05cc0',
  raw: '#8b949e',
}

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
  let y = 0
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
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
</style>
${parts.join('\n')}
</svg>
`
}

function bar(row: Row, y: number, width: number): string {
  const middle = y + BAR - GAP
  const rate = Math.round(row.perSecond).toLocaleString('en')
  return `<text class="label" x="${LABELS - 8}" y="${middle}">${escaped(systemOf(row))}</text>
<rect x="${LABELS}" y="${y}" width="${Math.max(1, width).toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[row.system]}"/>
<text x="${(LABELS + Math.max(1, width) + 6).toFixed(1)}" y="${middle}">${rate}</text>`
}

/** Rows that are to be compared with each other, in the order of the results; in a group the quickest first. */
function groupsOf(rows: readonly Row[]): Group[] {
  const groups = Map.groupBy(rows, ({ work, engine, variant, callers, beside }) =>
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
