import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isLeafType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql'

/** Values of variables by their names: as a client sends them, or coerced. */
export type Variables = Readonly<Record<string, unknown>>

/**
 * Coerces the variables of an operation.
 *
 * @throws when one of them is not right: how that is told, graphql knows
 */
export type CoerceVariables = (given: Variables) => Variables

interface Variable {
  readonly name: string
  /** Undefined if it has no default. */
  readonly otherwise: unknown
  readonly parse: (value: unknown) => unknown
}

/** Prepares what coerces the variables of an operation that has been validated. */
export function variablesOf(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[]): CoerceVariables {
  const variables = definitions.map((definition) => variableOf(schema, definition))
  return (given) => {
    // Without a prototype: a variable may have any name.
    const coerced: Record<string, unknown> = Object.create(null)
    for (const { name, otherwise, parse } of variables) {
      const isGiven = Object.hasOwn(given, name)
      const value = isGiven || otherwise === undefined ? parse(isGiven ? given[name] : undefined) : otherwise
      if (value !== undefined) coerced[name] = value
    }
    return coerced
  }
}

function variableOf(schema: GraphQLSchema, { variable, type: node, defaultValue }: VariableDefinitionNode): Variable {
  const name = variable.name.value
  const type = typeFromAST(schema, node) as GraphQLInputType
  return { name, otherwise: valueFromAST(defaultValue, type), parse: parserOf(type) }
}

function parserOf(type: GraphQLInputType): Variable['parse'] {
  const nullable = getNullableType(type)
  const parse = isLeafType(nullable)
    ? (value: unknown) => nullable.parseValue(value)
    : (value: unknown) => coerceInputValue(value, nullable, wrong)
  return (value) => {
    if (value === undefined || value === null) return isNonNullType(type) ? wrong() : value
    return parse(value) ?? wrong()
  }
}

function wrong(): never {
  throw new TypeError('a variable is not right')
}
