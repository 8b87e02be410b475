import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'

/** What an operation asks for, in numbers. */
export interface Weight {
  /** How deeply its fields are nested; what describes the schema does not count. */
  readonly depth: number
  /** How many fields its root has: reads or commands. */
  readonly roots: number
  /** Its cost, given the variables. */
  costWith(variables: Readonly<Record<string, unknown>>): number
}

/** Extension of a root field that answers pages: the name of the argument that says how long one is. */
export const lengthOfPage = 'lengthOfPage'

/** Extension of a field that answers what is on a page: how much that is, its root field says. */
export const isOnPage = 'isOnPage'

/** How much stands in a list within a document; most are short, but of what stands there each can be asked for often. */
const LENGTH_OF_LIST = 10
/** What one read or command costs; a field of a document costs 1. */
const ROOT_COST = 100
/** What the schema costs, or a type of it; and each other name for a field of these: without, what is repeated is one. */
const SCHEMA_COST = 5000
const DEFAULT_PAGE = 100
const LONGEST_PAGE = 1000

/** Fields below others, counted with all repetitions. */
interface Below {
  readonly depth: number
  readonly fields: number
  /** How many of them have another name. */
  readonly renamed: number
}

/** Root fields, and what is below them: by how long the page is, which a variable may say. */
interface Roots {
  depth: number
  roots: number
  cost: number
  readonly perPage: Map<string, number>
}

/**
 * Weighs operations of a document that has been validated, so that its fragments are there and do not lead to themselves.
 *
 * A fragment is weighed once, however often it is spread: weighing takes no longer than reading.
 */
export class Scales {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #below = new Map<string, Below>()
  readonly #roots = new Map<string, Roots>()

  readonly #lengthArgument: (rootField: string) => unknown
  readonly #lists: ReadonlySet<FieldNode>

  /** @param lists the fields that answer lists within documents */
  constructor(
    fragments: readonly FragmentDefinitionNode[],
    lengthArgument: (rootField: string) => unknown,
    lists: ReadonlySet<FieldNode>,
  ) {
    this.#lengthArgument = lengthArgument
    this.#lists = lists
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
  }

  weigh({ selectionSet, variableDefinitions = [] }: OperationDefinitionNode): Weight {
    const { depth, roots, cost, perPage } = this.#rootsOf(selectionSet)
    const pages = Array.from(perPage, ([name, fields]) => {
      const definition = variableDefinitions.find(({ variable }) => variable.name.value === name)
      return { name, fields, otherwise: definition?.defaultValue && numberIn(definition.defaultValue) }
    })
    return {
      depth,
      roots,
      costWith: (variables) =>
        pages.reduce((sum, { name, fields, otherwise }) => sum + fields * pageOf(variables[name] ?? otherwise), cost),
    }
  }

  #rootsOf({ selections }: SelectionSetNode): Roots {
    const all: Roots = { depth: 0, roots: 0, cost: 0, perPage: new Map() }
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#addRoot(all, selection)
      else if (selection.kind === Kind.INLINE_FRAGMENT) addRoots(all, this.#rootsOf(selection.selectionSet))
      else addRoots(all, this.#rootsOfFragment(selection.name.value))
    }
    return all
  }

  #addRoot(all: Roots, field: FieldNode): void {
    const below = this.#belowOf(field.selectionSet)
    if (field.name.value.startsWith('__')) {
      if (field.selectionSet) all.cost += SCHEMA_COST * (1 + below.renamed)
      return
    }
    all.depth = Math.max(all.depth, below.depth + 1)
    all.roots += 1
    all.cost += ROOT_COST
    const lengthArgument = this.#lengthArgument(field.name.value)
    const length = field.arguments?.find(({ name }) => name.value === lengthArgument)?.value
    if (lengthArgument === undefined) all.cost += below.fields * this.#lengthOf(field)
    else if (length?.kind === Kind.VARIABLE) addTo(all.perPage, length.name.value, below.fields)
    else all.cost += below.fields * pageOf(length && numberIn(length))
  }

  #rootsOfFragment(name: string): Roots {
    const known = this.#roots.get(name)
    if (known) return known
    const fragment = this.#fragments.get(name)
    const roots = fragment ? this.#rootsOf(fragment.selectionSet) : emptyRoots()
    this.#roots.set(name, roots)
    return roots
  }

  #belowOf(set: SelectionSetNode | undefined): Below {
    let [depth, fields, renamed] = [0, 0, 0]
    for (const selection of set?.selections ?? []) {
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.#belowOfFragment(selection.name.value)
          : this.#belowOf(selection.selectionSet)
      const own = selection.kind === Kind.FIELD ? 1 : 0
      depth = Math.max(depth, below.depth + own)
      fields += own + below.fields * this.#lengthOf(selection)
      renamed += below.renamed + (selection.kind === Kind.FIELD && selection.alias ? 1 : 0)
    }
    return { depth, fields, renamed }
  }

  #lengthOf(selection: SelectionNode): number {
    return selection.kind === Kind.FIELD && this.#lists.has(selection) ? LENGTH_OF_LIST : 1
  }

  #belowOfFragment(name: string): Below {
    const known = this.#below.get(name)
    if (known) return known
    const below = this.#belowOf(this.#fragments.get(name)?.selectionSet)
    this.#below.set(name, below)
    return below
  }
}

const emptyRoots = (): Roots => ({ depth: 0, roots: 0, cost: 0, perPage: new Map() })

function addRoots(all: Roots, { depth, roots, cost, perPage }: Roots): void {
  all.depth = Math.max(all.depth, depth)
  all.roots += roots
  all.cost += cost
  for (const [name, fields] of perPage) addTo(all.perPage, name, fields)
}

function addTo(sums: Map<string, number>, name: string, amount: number): void {
  sums.set(name, (sums.get(name) ?? 0) + amount)
}

function numberIn(value: ValueNode): number | undefined {
  return value.kind === Kind.INT ? Number(value.value) : undefined
}

/** How many documents a page may hold; what is no length is refused later. */
function pageOf(length: unknown): number {
  return typeof length === 'number' ? Math.min(Math.max(length, 1), LONGEST_PAGE) : DEFAULT_PAGE
}
