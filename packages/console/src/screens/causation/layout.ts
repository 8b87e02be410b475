import type { Causation, CausationNode } from '../../api/shapes.ts'

/**
 * Where the parts of a story stand in its picture. What happens in one step stands in one card: a request or a policy, the
 * commands that it issued, their events. A step stands right of the one that led to it, so that time goes to the right.
 *
 * 1. Every node stands in one card, and no two overlap.
 * 2. A card stands right of the card that it follows from.
 */

export interface Placed {
  readonly node: CausationNode
  readonly x: number
  readonly y: number
  readonly width: number
  /** How deep it stands in its card: a command below its policy, an event below its command. */
  readonly indent: number
}

export interface Card {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly rows: readonly Placed[]
}

/** From the right side of a node to the left side of one in another card. */
interface Link {
  readonly from: Placed
  readonly to: Placed
}

export interface Picture {
  readonly width: number
  readonly height: number
  readonly cards: readonly Card[]
  readonly links: readonly Link[]
}

export const sizes = { width: 280, row: 44, indent: 14, padding: 6, columnGap: 48, cardGap: 16 } as const

/** The step that a node belongs to, before it has a place. */
interface Step {
  readonly rows: { readonly node: CausationNode; readonly indent: number }[]
  readonly next: Step[]
}

export function pictureOf({ nodes, edges }: Pick<Causation, 'nodes' | 'edges'>): Picture {
  const cards: Card[] = []
  let bottom = 0
  for (const step of stepsOf(nodes, edges)) bottom = place(step, 0, bottom, cards) + sizes.cardGap
  const placed = new Map(cards.flatMap(({ rows }) => rows.map((row) => [row.node.id, { row, rows }] as const)))
  const links = edges.flatMap(({ from, to }) => {
    const [one, other] = [placed.get(from), placed.get(to)]
    return one && other && one.rows !== other.rows ? [{ from: one.row, to: other.row }] : []
  })
  const right = Math.max(0, ...cards.map(({ x, width }) => x + width))
  return { width: right, height: Math.max(0, bottom - sizes.cardGap), cards, links }
}

/** The story as steps, each reached once: from those that nothing in it led to. */
function stepsOf(nodes: readonly CausationNode[], edges: Causation['edges']): Step[] {
  const ordered = [...nodes].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const known = new Map(nodes.map((node) => [node.id, node]))
  const causes = new Map(edges.filter(({ from }) => known.has(from)).map(({ from, to }) => [to, from]))
  const effects = Map.groupBy(
    ordered.filter(({ id }) => causes.has(id)),
    ({ id }) => causes.get(id) as string,
  )
  const seen = new Set<string>()
  const stepOf = (node: CausationNode): Step => {
    const step: Step = { rows: [], next: [] }
    const take = (each: CausationNode, indent: number): void => {
      if (seen.has(each.id)) return
      seen.add(each.id)
      step.rows.push({ node: each, indent })
      for (const effect of effects.get(each.id) ?? []) {
        if (effect.kind !== 'policy') take(effect, indent + 1)
        else if (!seen.has(effect.id)) step.next.push(stepOf(effect))
      }
    }
    take(node, 0)
    return step
  }
  const first = ordered.filter(({ id }) => !causes.has(id)).map(stepOf)
  // Only causes that go round in a circle are left.
  return [
    ...first,
    ...ordered.filter(({ id }) => !seen.has(id)).flatMap((node) => (seen.has(node.id) ? [] : [stepOf(node)])),
  ]
}

/** Puts a step and all that follows from it below `top`, and says where that ends. */
function place({ rows, next }: Step, column: number, top: number, cards: Card[]): number {
  const { width, row, indent, padding, columnGap, cardGap } = sizes
  const x = column * (width + columnGap)
  const height = rows.length * row + 2 * padding
  const placed = rows.map(({ node, indent: depth }, index): Placed => {
    const shift = depth * indent + padding
    return { node, x: x + shift, y: top + padding + index * row, width: width - shift - padding, indent: depth }
  })
  cards.push({ x, y: top, width, height, rows: placed })
  let below = top
  for (const [index, step] of next.entries())
    below = place(step, column + 1, index === 0 ? top : below + cardGap, cards)
  return Math.max(top + height, below)
}
