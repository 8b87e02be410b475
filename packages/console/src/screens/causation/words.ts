import type { Causation, CausationNode } from '../../api/shapes.ts'
import { elapsed } from '../../words/times.ts'

/** `+12 ms`: how long after the beginning of the story something was. */
export function sinceStart({ nodes }: Pick<Causation, 'nodes'>): (node: CausationNode) => string {
  const start = Math.min(...nodes.map(({ at }) => Date.parse(at)))
  return ({ at }) => elapsed(Date.parse(at) - start)
}

/** What a part is called: requests have no name but their id. */
export function nameOf({ kind, label }: CausationNode): string {
  return kind === 'request' ? 'Request' : label
}

const standings = {
  parked: 'parked, waits for repair',
  pending: 'its turn is to come',
  reacted: 'reacted',
  waiting: 'waits for its timer',
  nothing: 'nothing to do',
} as const

/** What has become of a policy, or that a command had nothing to do; undefined of other parts. */
export function standingOf({ status }: CausationNode): string | undefined {
  return status && standings[status]
}

/** How deep each node stands in the story, in the order in which a list tells it: causes before effects. */
export function toldInOrder({
  nodes,
  edges,
}: Pick<Causation, 'nodes' | 'edges'>): { node: CausationNode; depth: number }[] {
  const causes = new Map(edges.map(({ from, to }) => [to, from]))
  const effects = Map.groupBy(nodes, ({ id }) => causes.get(id) ?? '')
  const told: { node: CausationNode; depth: number }[] = []
  const seen = new Set<string>()
  const tell = (node: CausationNode, depth: number): void => {
    if (seen.has(node.id)) return
    seen.add(node.id)
    told.push({ node, depth })
    for (const effect of effects.get(node.id) ?? []) tell(effect, depth + 1)
  }
  const known = new Set(nodes.map(({ id }) => id))
  for (const node of nodes) if (!known.has(causes.get(node.id) ?? '')) tell(node, 0)
  for (const node of nodes) tell(node, 0)
  return told
}
