import type { Causation, CausationNode } from './explorer.ts'

const MOST_NODES = 400

/** What follows from what, as it is found. */
export class CausationGraph {
  readonly #nodes = new Map<string, CausationNode>()
  readonly #edges = new Map<string, Causation['edges'][number]>()
  #isFull = false

  /** Whether something was found for which there was no room. */
  get isFull(): boolean {
    return this.#isFull
  }

  get nodes(): CausationNode[] {
    return [...this.#nodes.values()]
  }

  get edges(): Causation['edges'] {
    return [...this.#edges.values()].filter(({ from, to }) => this.#nodes.has(from) && this.#nodes.has(to))
  }

  /** @param from what led to it, which may be added later */
  add(node: CausationNode, from?: string): void {
    const { id: to } = node
    if (this.#nodes.size < MOST_NODES) this.#nodes.set(to, node)
    else this.#isFull = true
    if (from !== undefined) this.#edges.set(`${from} ${to}`, { from, to })
  }
}
