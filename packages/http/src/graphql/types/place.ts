import type { Json } from '../../openapi/json.ts'

/** A part of a JSON Schema, and the whole into which its references lead. */
export interface Place {
  readonly schema: Json
  readonly root: Json
  /** The name of the field that it describes, if it is one. */
  readonly field?: string
  /** Where it stands within a schema that is known again; not given where there is none around it. */
  readonly at?: string | undefined
}

/** A field of an object. */
export interface Field {
  /** As it stands in JSON. */
  readonly name: string
  readonly place: Place
  readonly isRequired: boolean
}

/** What makes an object known again. */
export interface Identity {
  /** The name that its author gave to it. */
  readonly name: string | undefined
  /** The same for the same schema, where that can be referred to; undefined for one that stands in place. */
  readonly key: string | undefined
}

/** The fields of an object schema; none if it is something else, or open to any field. */
export function fieldsOf({ schema, root, at }: Place): Field[] {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Json>; required?: string[] }
  if (schema.type !== 'object' || schema.allOf !== undefined || isSchema(schema.additionalProperties)) return []
  return Object.entries(properties).map(([name, property]) => ({
    name,
    place: { schema: property, root, field: name, at: within(at, name) },
    isRequired: required.includes(name),
  }))
}

/** A place within one that is known again is known again by that: what leads back into itself ends there. */
export function within(at: string | undefined, part: string): string | undefined {
  return at === undefined ? undefined : `${at}/${part}`
}

/** Follows references: to a schema that its author named, or to the whole. */
export function resolved({ schema, root, at }: Place): { readonly schema: Json; readonly identity: Identity } {
  const { $ref: reference } = schema
  if (schema === root && reference === undefined)
    return { schema, identity: { name: undefined, key: JSON.stringify(root) } }
  if (typeof reference !== 'string') return { schema, identity: { name: undefined, key: at } }
  if (reference === '#') return resolved({ schema: root, root })
  const name = reference.replace('#/$defs/', '')
  const target = ((root.$defs ?? {}) as Record<string, Json>)[name] ?? {}
  const key = `${name} ${JSON.stringify(target)}`
  // Zod makes names up for what refers to itself without being named.
  return { schema: target, identity: { name: name.startsWith('__') ? undefined : name, key } }
}

/** A place whose schema is no reference. */
export function opened(place: Place): Place {
  const { schema, identity } = resolved(place)
  return { ...place, schema, at: identity.key }
}

/** What a schema may be instead: itself, if it is no choice. */
export function alternativesOf(schema: Json): readonly Json[] {
  const alternatives = schema.anyOf ?? schema.oneOf
  if (!Array.isArray(alternatives)) return [schema]
  // Zod writes `a.or(b).or(c)` as alternatives within alternatives.
  return alternatives.flatMap((alternative: Json) => alternativesOf(alternative))
}

/** Whether a keyword holds a schema, and not just true or false. */
export const isSchema = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
