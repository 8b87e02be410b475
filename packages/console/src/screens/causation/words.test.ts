import { expect, test } from 'vitest'
import type { CausationNode } from '../../api/shapes.ts'
import { sinceStart, toldInOrder } from './words.ts'

const node = (id: string, at: number): CausationNode => ({
  id,
  kind: 'event',
  label: id,
  at: new Date(at).toISOString(),
})

test('a list tells causes before their effects, and each once', () => {
  const nodes = [node('c', 3), node('a', 1), node('b', 2), node('alone', 4)]
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'elsewhere', to: 'alone' },
  ]
  const told = toldInOrder({ nodes, edges }).map(({ node: { id }, depth }) => `${depth}${id}`)
  expect(told).toEqual(['0a', '1b', '2c', '0alone'])
})

test('a circle of causes is told, too', () => {
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a' },
  ]
  expect(toldInOrder({ nodes: [node('a', 1), node('b', 2)], edges })).toHaveLength(2)
})

test('times count from the first', () => {
  const nodes = [node('late', 1530), node('first', 1500)]
  expect(nodes.map(sinceStart({ nodes }))).toEqual(['+30 ms', '+0 ms'])
})
