import { graphqlSdl } from '@weir/http'
import * as fc from 'fast-check'
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import type { App } from 'weir'
import type { Recall } from './requests.ts'
import { hostileText, hostileValue } from './values.ts'

type Field = GraphQLField<unknown, unknown>

/** The body of a GraphQL request. */
export interface OperationSketch {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

const recalledId: fc.Arbitrary<Recall> = fc.record({ recall: fc.constant('id' as const), nth: fc.nat(5) })

/** Queries and mutations of an application, each with arguments that mostly fit. */
export function operationsTo(app: App): fc.Arbitrary<OperationSketch> {
  const schema = buildSchema(graphqlSdl(app))
  const fieldsOf = (operation: 'query' | 'mutation') => {
    const type = operation === 'query' ? schema.getQueryType() : schema.getMutationType()
    return Object.values(type?.getFields() ?? {}).map((field) => operationOn(operation, field))
  }
  return fc.oneof(...fieldsOf('query'), ...fieldsOf('mutation'))
}

function operationOn(operation: string, { name, args, type }: Field): fc.Arbitrary<OperationSketch> {
  const values = args.map((argument) => [
    argument.name,
    isRequiredArgument(argument) ? sampleOf(argument.type) : seldom(sampleOf(argument.type)),
  ])
  return fc.record(Object.fromEntries(values)).map((variables: Record<string, unknown>) => {
    const given = args.filter((argument) => variables[argument.name] !== undefined)
    const declared = given.map((argument) => `$${argument.name}: ${argument.type}`)
    const passed = given.map((argument) => `${argument.name}: $${argument.name}`)
    const call = `${name}${inParentheses(passed)} ${selectionOf(type)}`
    return { query: `${operation} ${inParentheses(declared)} { ${call} }`, variables }
  })
}

const inParentheses = (parts: readonly string[]): string => (parts.length === 0 ? '' : `(${parts.join(', ')})`)

function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const fields = Object.values(named.getFields()).map((field) => `${field.name} ${selectionOf(field.type)}`)
  return `{ __typename ${fields.join(' ')} }`
}

function sampleOf(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return mostly(fittingOf(type.ofType))
  return fc.oneof({ weight: 8, arbitrary: mostly(fittingOf(type)) }, { weight: 1, arbitrary: fc.constant(null) })
}

const mostly = (fitting: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: hostileValue })

const seldom = (some: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: some })

function fittingOf(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isListType(type)) return fc.array(sampleOf(type.ofType), { maxLength: 3 })
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name))
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => [field.name, sampleOf(field.type)])
    return fc.record(Object.fromEntries(fields), { requiredKeys: [] })
  }
  switch (getNamedType(type).name) {
    case 'ID':
      return fc.oneof(recalledId, fc.constantFrom('1', '2', 'ada-1'), hostileText)
    case 'Int':
      return fc.constantFrom(0, 1, 2, -1, 1000, 1001, 2 ** 31 - 1)
    case 'Float':
      return fc.constantFrom(0, 0.5, 49.5, 1e300)
    case 'Boolean':
      return fc.boolean()
    case 'String':
      return fc.oneof(fc.constantFrom('Ada', 'Arena', '2030-05-01', 'ada@example.org'), hostileText)
    default:
      return hostileValue
  }
}
