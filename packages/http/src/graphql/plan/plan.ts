import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isNonNullType,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import type { RequestContext } from '../context.ts'
import { argumentsOf, type ReadArguments } from './arguments.ts'
import { type Cut, cutOf } from './cuts.ts'
import { type Outcome, Outcomes } from './outcomes.ts'
import { type Read, reads } from './reads.ts'
import type { Selections } from './selections.ts'
import { type CoerceVariables, type Variables, variablesOf } from './variables.ts'

/** A root field, by its name in the answer. */
interface PlannedField {
  readonly name: string
  readonly args: ReadArguments
  readonly read: Read
  readonly cut: Cut
}

type Args = ReturnType<ReadArguments>

/** What a query answers, when nothing about it is out of the ordinary. */
export interface PlannedData {
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * How a query is executed without going through resolvers: made once, for as often as it is asked.
 *
 * 1. What it answers is what graphql would answer.
 * 2. It knows nothing of errors. Where one occurs, graphql executes the query, so that it is told in its words.
 * 3. Nothing is read twice: what has been read by then is handed over.
 */
export class Plan {
  readonly #coerce: CoerceVariables
  readonly #fields: readonly PlannedField[]

  private constructor(coerce: CoerceVariables, fields: readonly PlannedField[]) {
    this.#coerce = coerce
    this.#fields = fields
  }

  /** The plan of an operation that has been validated; undefined if only graphql can execute it. */
  static of(schema: GraphQLSchema, operation: OperationDefinitionNode, selections: Selections): Plan | undefined {
    const query = schema.getQueryType()
    if (!query || operation.operation !== OperationTypeNode.QUERY) return undefined
    const asked = selections.of([operation.selectionSet], query)
    const fields = Array.from(asked ?? [], ([name, nodes]) => plannedField(query, name, nodes, selections))
    if (!asked || !fields.every((field) => field !== undefined)) return undefined
    return new Plan(variablesOf(schema, operation.variableDefinitions ?? []), fields)
  }

  /** Undefined when nothing was read, because something about the variables is not right. */
  async run(variables: Variables, context: RequestContext): Promise<PlannedData | Outcomes | undefined> {
    const args = this.#argumentsWith(variables)
    if (!args) return undefined
    const reading = this.#fields.map(({ read }, index) => outcomeOf(read, args[index] as Args, context))
    const outcomes = new Map<string, Outcome>()
    for (const [index, { name }] of this.#fields.entries())
      outcomes.set(name, await (reading[index] as Promise<Outcome>))
    return this.#cut(outcomes) ?? new Outcomes(outcomes)
  }

  #argumentsWith(variables: Variables): readonly Args[] | undefined {
    try {
      const coerced = this.#coerce(variables)
      return this.#fields.map(({ args }) => args(coerced))
    } catch {
      return undefined
    }
  }

  #cut(outcomes: ReadonlyMap<string, Outcome>): PlannedData | undefined {
    const data: Record<string, unknown> = {}
    try {
      for (const { name, cut } of this.#fields) {
        const outcome = outcomes.get(name) as Outcome
        if ('error' in outcome) return undefined
        data[name] = cut(outcome.value)
      }
      return { data }
    } catch {
      return undefined
    }
  }
}

type Nodes = readonly [FieldNode, ...FieldNode[]]

function plannedField(
  query: GraphQLObjectType,
  name: string,
  nodes: Nodes,
  selections: Selections,
): PlannedField | undefined {
  const [node] = nodes
  if (node.name.value === '__typename') return { name, args: () => ({}), read: () => query.name, cut: String }
  const field = query.getFields()[node.name.value]
  const read = field?.extensions[reads] as Read | undefined
  // Where null may not be, one field that fails ends all others.
  if (!field || !read || isNonNullType(field.type)) return undefined
  const cut = cutOf(field.type, nodes, selections)
  return cut && { name, args: argumentsOf(field, node), read, cut }
}

async function outcomeOf(read: Read, args: Args, context: RequestContext): Promise<Outcome> {
  try {
    return { value: await read(args, context) }
  } catch (error) {
    return { error }
  }
}
