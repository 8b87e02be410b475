import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** The fields that are asked of an object, by their names in the answer; each of them as often as it is asked for. */
type AskedFields = Map<string, [FieldNode, ...FieldNode[]]>

/**
 * Finds out which fields the operations of a document ask for, as graphql does it, where no directive decides on them.
 *
 * It looks at no more selections than the document has, so that nothing that is made of them outgrows it: what fragments
 * repeat, counts again.
 */
export class Selections {
  readonly #schema: GraphQLSchema
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  #left: number

  constructor(schema: GraphQLSchema, { definitions, loc }: DocumentNode) {
    this.#schema = schema
    const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
    // Each of them takes two characters at least.
    this.#left = (loc?.source.body.length ?? 0) / 2
  }

  /** Undefined if that depends on more than the type, or there are too many. */
  of(sets: readonly (SelectionSetNode | undefined)[], type: GraphQLObjectType): AskedFields | undefined {
    const fields: AskedFields = new Map()
    const spread = new Set<string>()
    const add = (selection: SelectionNode): boolean => {
      if (--this.#left < 0 || (selection.directives ?? []).length > 0) return false
      if (selection.kind === Kind.FIELD) return addField(fields, selection)
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#unless(spread, selection.name.value) : selection
      return !fragment || !this.#isOf(type, fragment.typeCondition) || fragment.selectionSet.selections.every(add)
    }
    return sets.every((set) => !set || set.selections.every(add)) ? fields : undefined
  }

  #unless(spread: Set<string>, name: string): FragmentDefinitionNode | undefined {
    if (spread.has(name)) return undefined
    spread.add(name)
    return this.#fragments.get(name)
  }

  #isOf(type: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
    const wanted = condition && this.#schema.getType(condition.name.value)
    return !wanted || wanted === type || (isAbstractType(wanted) && this.#schema.isSubType(wanted, type))
  }
}

/** A field cannot be put under this name without changing the object itself. */
const NO_FIELD = '__proto__'

function addField(fields: AskedFields, node: FieldNode): boolean {
  const name = (node.alias ?? node.name).value
  fields.get(name)?.push(node) ?? fields.set(name, [node])
  return name !== NO_FIELD
}
