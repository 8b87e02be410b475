import { expect, test } from 'vitest'
import type { CausationNode, NodeKind } from '../../api/shapes.ts'
import { pictureOf } from './layout.ts'
import { neighbour } from './neighbour.ts'

const node = (id: string, kind: NodeKind): CausationNode => ({ id, kind, label: id, at: '2031-01-01T00:00:00.000Z' })
const nodes = [node('pay', 'command'), node('Paid', 'event'), node('make', 'policy'), node('thank', 'policy')]
const edges = [
  { from: 'pay', to: 'Paid' },
  { from: 'Paid', to: 'make' },
  { from: 'Paid', to: 'thank' },
]
const rows = pictureOf({ nodes, edges }).cards.flatMap((card) => card.rows)
const from = (id: string, key: string) => neighbour(key, id, rows, edges)

test('arrows lead from cause to effect and back, and along a column', () => {
  expect(from('Paid', 'ArrowRight')).toBe('make')
  expect(from('make', 'ArrowLeft')).toBe('Paid')
  expect(from('pay', 'ArrowDown')).toBe('Paid')
  expect(from('make', 'ArrowDown')).toBe('thank')
  expect(from('thank', 'ArrowUp')).toBe('make')
})

test('where nothing is, they lead nowhere', () => {
  expect(from('thank', 'ArrowRight')).toBeUndefined()
  expect(from('pay', 'ArrowUp')).toBeUndefined()
  expect(from('pay', 'x')).toBeUndefined()
})
