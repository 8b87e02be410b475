import { expect, test } from 'vitest'
import { chance } from './chance.ts'
import { interleavings } from './interleavings.ts'

const texts = (sequences: string[], limit: number, seed = 1) =>
  [
    ...interleavings(
      sequences.map((sequence) => [...sequence]),
      limit,
      chance(seed),
    ),
  ].map((order) => order.join(''))

test('few interleavings are all tried, one sequence after the other first', () => {
  expect(texts(['ab', 'xy'], 6)).toEqual(['abxy', 'axby', 'axyb', 'xaby', 'xayb', 'xyab'])
  expect(texts(['abc'], 1)).toEqual(['abc'])
  expect(texts(['', 'a'], 1)).toEqual(['a'])
  expect(texts([], 1)).toEqual([''])
})

test('many are sampled: each sequence in its own order, the same ones from the same seed', () => {
  const sequences = ['abcdef', 'uvwxyz', '12345']
  const orders = texts(sequences, 50)
  expect(orders).toHaveLength(50)
  expect(new Set(orders).size).toBeGreaterThan(45)
  expect(orders.slice(0, 2)).toEqual(['abcdefuvwxyz12345', '12345uvwxyzabcdef'])
  for (const order of orders) {
    for (const sequence of sequences) {
      expect([...order].filter((item) => sequence.includes(item)).join('')).toBe(sequence)
    }
  }
  expect(texts(sequences, 50)).toEqual(orders)
  expect(texts(sequences, 50, 2)).not.toEqual(orders)
})
