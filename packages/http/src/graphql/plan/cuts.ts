import {
  type FieldNode,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { Selections } from './selections.ts'

/**
 * Cuts a value to what is asked of it.
 *
 * @throws when that is not plainly possible: what is to be answered then, graphql knows
 */
export type Cut = (value: unknown) => unknown

type Nodes = readonly [FieldNode, ...FieldNode[]]

/** A field of an object, by its name in the answer. */
interface Part {
  readonly name: string
  readonly source: string
  readonly cut: Cut
}

/** What cuts values of a type; undefined for types that only graphql completes. */
export function cutOf(type: GraphQLOutputType, nodes: Nodes, selections: Selections): Cut | undefined {
  const nullable = getNullableType(type)
  const cut = isListType(nullable)
    ? listCut(cutOf(nullable.ofType, nodes, selections))
    : isLeafType(nullable)
      ? leafCut(nullable)
      : isObjectType(nullable)
        ? objectCut(nullable, nodes, selections)
        : undefined
  return cut && (isNonNullType(type) ? required(cut) : optional(cut))
}

const optional =
  (cut: Cut): Cut =>
  (value) =>
    value === undefined || value === null ? null : cut(value)

const required =
  (cut: Cut): Cut =>
  (value) =>
    value === undefined || value === null ? unplain('null where none may be') : cut(value)

function leafCut(type: GraphQLLeafType): Cut {
  return (value) => type.serialize(plain(value)) ?? unplain('serialized as null')
}

function listCut(cut: Cut | undefined): Cut | undefined {
  return cut && ((value) => (Array.isArray(value) ? Array.from(value, cut) : unplain('no array')))
}

function objectCut(type: GraphQLObjectType, nodes: Nodes, selections: Selections): Cut | undefined {
  const parts = partsOf(type, nodes, selections)
  if (!parts || type.isTypeOf) return undefined
  return (value) => {
    if (typeof value !== 'object') return unplain('no object')
    const source = plain(value) as Readonly<Record<string, unknown>>
    const answer: Record<string, unknown> = {}
    for (const { name, source: key, cut } of parts) answer[name] = cut(source[key])
    return answer
  }
}

function partsOf(type: GraphQLObjectType, nodes: Nodes, selections: Selections): readonly Part[] | undefined {
  const asked = selections.of(
    nodes.map(({ selectionSet }) => selectionSet),
    type,
  )
  const parts = Array.from(asked ?? [], ([name, same]) => partOf(type, name, same, selections))
  return asked && parts.every((part) => part !== undefined) ? parts : undefined
}

function partOf(type: GraphQLObjectType, name: string, nodes: Nodes, selections: Selections): Part | undefined {
  const source = nodes[0].name.value
  if (source === '__typename') return { name, source, cut: () => type.name }
  const field = type.getFields()[source]
  if (!field || field.resolve || field.args.length > 0) return undefined
  const cut = cutOf(field.type, nodes, selections)
  return cut && { name, source, cut }
}

/** Values that graphql would not take as they are. */
function plain(value: unknown): unknown {
  if (typeof value === 'function') return unplain('a function')
  if (typeof value === 'object' && (value instanceof Error || 'then' in (value as object)))
    return unplain('no value yet')
  return value
}

function unplain(what: string): never {
  throw new TypeError(what)
}
