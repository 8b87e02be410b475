import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  isNonNullType,
  Kind,
  type ValueNode,
  valueFromAST,
} from 'graphql'
import type { Variables } from './variables.ts'

/**
 * Reads the arguments of a field.
 *
 * @throws when one of them is not right: how that is told, graphql knows
 */
export type ReadArguments = (variables: Variables) => Readonly<Record<string, unknown>>

/** Undefined: not given. */
type ReadArgument = (variables: Variables) => unknown

/** Prepares what reads the arguments of a field that has been validated. */
export function argumentsOf(
  { args }: GraphQLField<unknown, unknown>,
  { arguments: nodes = [] }: FieldNode,
): ReadArguments {
  const readers = args.map((argument): [string, ReadArgument] => {
    const given = nodes.find(({ name }) => name.value === argument.name)
    return [argument.name, argumentOf(argument, given?.value)]
  })
  return (variables) => {
    const values: Record<string, unknown> = {}
    for (const [name, read] of readers) {
      const value = read(variables)
      if (value !== undefined) values[name] = value
    }
    return values
  }
}

function argumentOf({ type, defaultValue }: GraphQLArgument, given: ValueNode | undefined): ReadArgument {
  if (!given) return () => defaultValue
  if (given.kind === Kind.VARIABLE) {
    const name = given.name.value
    return (variables) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : defaultValue
      return (value === undefined || value === null) && isNonNullType(type) ? wrong() : value
    }
  }
  if (hasVariables(given)) return (variables) => valueFromAST(given, type, variables) ?? wrong()
  const value = valueFromAST(given, type)
  return () => value
}

function hasVariables(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(hasVariables)
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => hasVariables(field.value))
  return value.kind === Kind.VARIABLE
}

function wrong(): never {
  throw new TypeError('an argument is not right')
}
