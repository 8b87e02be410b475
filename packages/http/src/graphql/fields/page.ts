import { cursorBehind, type ListAnswer, type ListOptions } from 'weir/runtime'

type Document = Readonly<Record<string, unknown>>

/** One page of a list, as a connection shows it (GraphQL Cursor Connections). */
export class Page {
  readonly nodes: readonly Document[]
  readonly #next: string | undefined
  readonly #options: ListOptions

  constructor({ documents, next }: ListAnswer<unknown>, options: ListOptions) {
    this.nodes = documents as readonly Document[]
    this.#next = next
    this.#options = options
  }

  get edges(): { readonly cursor: string; readonly node: Document }[] {
    return this.nodes.map((node) => ({ cursor: this.#cursorOf(node), node }))
  }

  get pageInfo(): object {
    const [first, last] = [this.nodes[0], this.nodes.at(-1)]
    return {
      hasNextPage: this.#next !== undefined,
      hasPreviousPage: this.#options.cursor !== undefined,
      startCursor: first && this.#cursorOf(first),
      endCursor: last && this.#cursorOf(last),
    }
  }

  #cursorOf(document: Document): string {
    return cursorBehind(this.#options.sort, document)
  }
}
