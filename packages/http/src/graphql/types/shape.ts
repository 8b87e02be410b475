import type { Kind, Shape } from './kind.ts'
import { enumNames } from './names.ts'
import { alternativesOf, fieldsOf, type Identity, isSchema, opened, type Place, resolved, within } from './place.ts'
import { allowsNull, scalarOf } from './scalar-of.ts'
import { mergedObject, unionOf } from './variants.ts'

type Io = 'input' | 'output'

/**
 * Tells what a schema describes, in the words of GraphQL.
 *
 * 1. What GraphQL has no word for (records, tuples, unions of scalars) is JSON: any value passes.
 * 2. Objects of several kinds are a union when one field tells them apart. As input, which has no unions, they are one
 *    object with the fields of all: what goes together is for the command's own schema to say.
 */
export function shapeOf(place: Place, io: Io): Shape {
  const { schema, identity } = resolved(place)
  const all = alternativesOf(schema).map((alternative, index) => ({
    ...place,
    schema: alternative,
    at: within(identity.key, `|${index}`),
  }))
  const others = all.filter((alternative) => resolved(alternative).schema.type !== 'null')
  const [only] = others
  if (only === undefined) return { ...json, isNullable: true }
  const isNullable = others.length < all.length
  if (others.length > 1) return { ...severalOf(others, identity, io), isNullable }
  if (only.schema === schema) return { ...plain(opened(place), identity), isNullable: allowsNull(schema) }
  const shape = shapeOf(only, io)
  return isNullable ? { ...shape, isNullable } : shape
}

const json: Kind = { kind: 'scalar', scalar: 'JSON' }

function severalOf(alternatives: readonly Place[], identity: Identity, io: Io): Kind {
  const scalars = new Set(alternatives.map((alternative) => scalarOf(resolved(alternative).schema, alternative.field)))
  const [scalar] = scalars
  if (scalars.size === 1 && scalar !== undefined) return { kind: 'scalar', scalar }
  if (scalars.size === 2 && scalars.has('Int') && scalars.has('Float')) return { kind: 'scalar', scalar: 'Float' }
  return (io === 'output' ? unionOf(alternatives, identity) : mergedObject(alternatives, identity)) ?? json
}

function plain(place: Place, identity: Identity): Kind {
  const { schema, root, field, at } = place
  const values = Array.isArray(schema.enum) ? enumNames(schema.enum) : undefined
  if (values) return { kind: 'enum', values }
  const scalar = scalarOf(schema, field)
  if (scalar) return { kind: 'scalar', scalar }
  if (schema.type === 'array' && isSchema(schema.items)) {
    const items = { schema: schema.items, root, at: within(at, '[]') }
    return { kind: 'list', items: { ...items, ...(field !== undefined && { field: listed(field) }) } }
  }
  const fields = fieldsOf(place)
  return fields.length === 0 ? json : { kind: 'object', fields, identity }
}

/** What a list holds is called by the singular, so that `orderIds` are ids as well. */
const listed = (field: string): string => field.replace(/s$/, '')
