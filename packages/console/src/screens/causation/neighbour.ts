import type { Causation } from '../../api/shapes.ts'
import { type Placed, sizes } from './layout.ts'

/** Which node an arrow key leads to: → to the first effect, ← to the cause, ↑ and ↓ along the column. */
export function neighbour(
  key: string,
  id: string,
  rows: readonly Placed[],
  edges: Causation['edges'],
): string | undefined {
  if (key === 'ArrowRight') return edges.find(({ from }) => from === id)?.to
  if (key === 'ArrowLeft') return edges.find(({ to }) => to === id)?.from
  const step = { ArrowDown: 1, ArrowUp: -1 }[key]
  const row = rows.find(({ node }) => node.id === id)
  if (step === undefined || !row) return undefined
  const columnOf = ({ x, indent }: Placed) => x - indent * sizes.indent
  const column = rows.filter((each) => columnOf(each) === columnOf(row)).sort((a, b) => a.y - b.y)
  return column[column.indexOf(row) + step]?.node.id
}
