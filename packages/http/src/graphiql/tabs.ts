import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql'
import type { Tab } from './page.ts'

/** How many objects deep an example goes. */
const DEEPEST = 3
/** Enough of a page to see what it holds. */
const FIRST = 5

/** A query, a mutation and a subscription of a schema, to begin with. */
export function exampleTabs(schema: GraphQLSchema): Tab[] {
  const query = fieldsOf(schema.getQueryType()).find(({ args }) => !args.some(isRequiredArgument))
  const [mutation] = fieldsOf(schema.getMutationType())
  const [subscription] = fieldsOf(schema.getSubscriptionType())
  return [
    ...(query ? [tabOf('query', query)] : []),
    ...(mutation ? [tabOf('mutation', mutation)] : []),
    ...(subscription ? [tabOf('subscription', subscription)] : []),
  ]
}

type Field = GraphQLField<unknown, unknown>

function fieldsOf(type: GraphQLObjectType | null | undefined): Field[] {
  return Object.values(type?.getFields() ?? {})
}

function tabOf(operation: string, { name, args, type }: Field): Tab {
  const required = args.filter(isRequiredArgument)
  const given = required.map((argument) => `${argument.name}: $${argument.name}`)
  if (args.some((argument) => argument.name === 'first')) given.push(`first: ${FIRST}`)
  const variables = required.map((argument) => `$${argument.name}: ${argument.type}`)
  const own = name[0]?.toUpperCase() + name.slice(1)
  const call = `${name}${inParentheses(given)} ${selectionOf(type, 2, 1)}`
  const query = `${operation} ${own}${inParentheses(variables)} {\n  ${call.trimEnd()}\n}\n`
  const samples = Object.fromEntries(required.map((argument) => [argument.name, sampleOf(argument)]))
  return required.length === 0 ? { query } : { query, variables: JSON.stringify(samples, null, 2) }
}

const inParentheses = (parts: readonly string[]): string => (parts.length === 0 ? '' : `(${parts.join(', ')})`)

/** All that is in an object, a line each; of a connection its nodes. */
function selectionOf(type: GraphQLOutputType, indent: number, depth: number): string {
  const named = getNamedType(type)
  if (isUnionType(named)) return '{ __typename }'
  if (!isObjectType(named)) return ''
  const all = fieldsOf(named)
  const nodes = all.find(({ name }) => name === 'nodes')
  const lines = (nodes ? [nodes] : all).flatMap((field) => {
    const isLeaf = !isObjectType(getNamedType(field.type)) && !isUnionType(getNamedType(field.type))
    if (isLeaf) return [field.name]
    return depth < DEEPEST ? [`${field.name} ${selectionOf(field.type, indent + 2, depth + 1)}`] : []
  })
  const spaces = ' '.repeat(indent)
  return `{\n${lines.map((line) => `${spaces}  ${line}\n`).join('')}${spaces}}`
}

function sampleOf({ type }: GraphQLArgument): unknown {
  const named = getNamedType(type)
  if (isEnumType(named)) return named.getValues()[0]?.name
  const samples: Readonly<Record<string, unknown>> = { Int: 0, Float: 0, Boolean: false, JSON: {} }
  return samples[named.name] ?? (named.name === 'String' || named.name === 'ID' ? '' : {})
}
