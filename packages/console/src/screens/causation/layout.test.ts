import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CausationNode, NodeKind } from '../../api/shapes.ts'
import { type Card, pictureOf } from './layout.ts'

const node = (id: string, kind: NodeKind, at = 0): CausationNode => ({
  id,
  kind,
  label: id,
  at: new Date(at).toISOString(),
})

/** A coffee is paid: the card is charged, the order learns of it, and is made. */
const story = {
  nodes: [
    node('POST /payment', 'request', 0),
    node('payment.create', 'command', 1),
    node('Created', 'event', 2),
    node('charge-card', 'policy', 3),
    node('payment.settle', 'command', 4),
    node('Succeeded', 'event', 5),
    node('take-payment-result', 'policy', 6),
    node('watch-fraud', 'policy', 7),
  ],
  edges: [
    { from: 'POST /payment', to: 'payment.create' },
    { from: 'payment.create', to: 'Created' },
    { from: 'Created', to: 'charge-card' },
    { from: 'charge-card', to: 'payment.settle' },
    { from: 'payment.settle', to: 'Succeeded' },
    { from: 'Succeeded', to: 'take-payment-result' },
    { from: 'Succeeded', to: 'watch-fraud' },
  ],
}

const named = ({ rows }: Card) => rows.map(({ node: { label }, indent }) => '  '.repeat(indent) + label)

describe('the story of a payment', () => {
  const picture = pictureOf(story)

  test('stands in a card for each step', () => {
    expect(picture.cards.map(named)).toEqual([
      ['POST /payment', '  payment.create', '    Created'],
      ['charge-card', '  payment.settle', '    Succeeded'],
      ['take-payment-result'],
      ['watch-fraud'],
    ])
  })

  test('goes to the right, and what follows from one event stands one below the other', () => {
    const [first, second, third, fourth] = picture.cards as [Card, Card, Card, Card]
    expect(second.x).toBeGreaterThan(first.x + first.width)
    expect(third.x).toBeGreaterThan(second.x + second.width)
    expect(fourth.x).toBe(third.x)
    expect(fourth.y).toBeGreaterThan(third.y + third.height)
  })

  test('is joined from event to policy', () => {
    const joined = picture.links.map(({ from, to }) => `${from.node.label} → ${to.node.label}`)
    expect(joined).toEqual(['Created → charge-card', 'Succeeded → take-payment-result', 'Succeeded → watch-fraud'])
  })
})

test('nothing is a picture of nothing', () => {
  expect(pictureOf({ nodes: [], edges: [] })).toEqual({ width: 0, height: 0, cards: [], links: [] })
})

test('whatever the story, each part stands once, no two cards overlap, and effects stand right of causes', () => {
  const kinds = fc.constantFrom<NodeKind>('request', 'command', 'event', 'policy')
  const nodes = fc.array(kinds, { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(nodes, fc.infiniteStream(fc.nat()), fc.boolean(), (all, random, inCircles) => {
      const made = all.map((kind, index) => node(String(index), kind, index))
      const edges = all.slice(inCircles ? 0 : 1).map((_, index) => {
        const to = inCircles ? index : index + 1
        return { from: String((random.next().value as number) % (inCircles ? all.length : to)), to: String(to) }
      })
      const { cards, links } = pictureOf({ nodes: made, edges })
      const shown = cards.flatMap(({ rows }) => rows.map((row) => row.node.id))
      expect(shown.sort()).toEqual(made.map(({ id }) => id).sort())
      for (const [index, a] of cards.entries())
        for (const b of cards.slice(index + 1))
          expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
            true,
          )
      if (!inCircles) for (const { from, to } of links) expect(to.x).toBeGreaterThan(from.x)
    }),
    { numRuns: 60 },
  )
})
