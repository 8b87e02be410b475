import {
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLSchema,
  getNullableType,
  isListType,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { once } from './once.ts'
import { Plan } from './plan/plan.ts'
import { Selections } from './plan/selections.ts'
import { isOnPage, lengthOfPage, Scales, type Weight } from './weight.ts'

/** An operation that is ready to be executed, as often as it is asked for. */
export interface Prepared {
  readonly document: DocumentNode
  readonly operations: readonly PreparedOperation[]
}

export interface PreparedOperation {
  readonly name: string | undefined
  readonly kind: OperationDefinitionNode['operation']
  readonly weight: Weight
  /** How it is executed; undefined if only graphql can. Made when it is first asked for: by then its weight is known. */
  readonly plan: () => Plan | undefined
}

/** What is wrong with a document: it cannot be read, or it is not valid for the schema. */
export interface Unusable {
  readonly errors: readonly GraphQLError[]
}

/** A longer document is not read: validation takes time that grows faster than the document. */
const MOST_TOKENS = 5000
/** Longer documents are read anew each time. */
const LONGEST_KEPT = 20_000
const MOST_KEPT = 500
/** In characters: a document takes a hundred and forty times the memory of its text, its plans some fifty times. */
const MOST_TEXT = 400_000
const MOST_ERRORS = 10

/**
 * The documents that clients send, parsed and validated once for all requests with the same text. Of those that are
 * valid, as many are kept as were used last.
 */
export class Documents {
  readonly #schema: GraphQLSchema
  readonly #rules: typeof specifiedRules
  readonly #options: { readonly maxErrors: number; readonly hideSuggestions: boolean }
  readonly #kept = new Map<string, Prepared>()
  #text = 0

  /** @param introspection whether documents may ask for the schema */
  constructor(schema: GraphQLSchema, introspection: boolean) {
    this.#schema = schema
    // Who may not see the schema is not told either what a wrong name may have meant.
    this.#options = { maxErrors: MOST_ERRORS, hideSuggestions: !introspection }
    this.#rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]
  }

  prepare(text: string): Prepared | Unusable {
    const known = this.#kept.get(text)
    if (known) {
      // Those that are used stay at the end, away from what is dropped.
      this.#kept.delete(text)
      this.#kept.set(text, known)
      return known
    }
    const prepared = this.#read(text)
    if (!('errors' in prepared) && text.length <= LONGEST_KEPT) this.#keep(text, prepared)
    return prepared
  }

  #keep(text: string, prepared: Prepared): void {
    this.#kept.set(text, prepared)
    this.#text += text.length
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT && this.#text <= MOST_TEXT) return
      this.#kept.delete(oldest)
      this.#text -= oldest.length
    }
  }

  #read(text: string): Prepared | Unusable {
    let document: DocumentNode
    try {
      document = parse(text, { maxTokens: MOST_TOKENS })
    } catch (error) {
      return { errors: [error as GraphQLError] }
    }
    const errors = validate(this.#schema, document, this.#rules, this.#options)
    return errors.length > 0 ? { errors } : this.#weighed(document)
  }

  #weighed(document: DocumentNode): Prepared {
    const queries = this.#schema.getQueryType()?.getFields() ?? {}
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    const lengthArgument = (name: string) => queries[name]?.extensions[lengthOfPage]
    const scales = new Scales(fragments, lengthArgument, this.#listsIn(document))
    const selections = new Selections(this.#schema, document)
    const operations = document.definitions.flatMap((definition): PreparedOperation[] => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return []
      return [
        {
          name: definition.name?.value,
          kind: definition.operation,
          weight: scales.weigh(definition),
          plan: once(() => Plan.of(this.#schema, definition, selections)),
        },
      ]
    })
    return { document, operations }
  }

  #listsIn(document: DocumentNode): ReadonlySet<FieldNode> {
    const lists = new Set<FieldNode>()
    const types = new TypeInfo(this.#schema)
    const note = (field: FieldNode) => {
      const definition = types.getFieldDef()
      if (definition && isListType(getNullableType(definition.type)) && !definition.extensions[isOnPage])
        lists.add(field)
    }
    visit(document, visitWithTypeInfo(types, { Field: note }))
    return lists
  }
}
