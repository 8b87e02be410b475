import {
  type GraphQLArgumentConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql'
import { jsonSchemaOf } from 'weir'
import type * as z from 'zod'
import { freeName, singular } from '../../openapi/words.ts'
import type { Enums } from './enums.ts'
import type { Kind } from './kind.ts'
import { fieldName, typeName } from './names.ts'
import type { Field, Place } from './place.ts'
import { scalars } from './scalars.ts'
import { shapeOf } from './shape.ts'
import type { TypeNames } from './type-names.ts'

/** A value as GraphQL hands it over, made the JSON that a command takes; undefined: it counts as not given. */
type ToJson = (value: unknown) => unknown

/** Something that can be sent: its type, and how its values become JSON. */
export interface Sent {
  readonly type: GraphQLInputType
  readonly toJson: ToJson
}

/** Arguments or fields that are sent together, by their names in GraphQL. */
export interface SentFields {
  readonly configs: Record<string, GraphQLArgumentConfig>
  readonly toJson: (values: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

/**
 * The types of what is sent, made of schemas.
 *
 * Null for what cannot be null counts as not given: clients send it for variables that they have no value for.
 */
export class InputTypes {
  readonly #names: TypeNames
  readonly #enums: Enums
  readonly #known = new Map<string, Sent>()

  constructor(names: TypeNames, enums: Enums) {
    this.#names = names
    this.#enums = enums
  }

  /** The fields of what a schema describes, to be sent as arguments; undefined if it describes no object. */
  fieldsOf(schema: z.ZodType, owner: string): SentFields | undefined {
    const root = rootOf(schema)
    const shape = shapeOf(root, 'input')
    if (shape.kind === 'object') return this.#fieldsOf(shape.fields, owner, defaultOf)
    return isEmptyObject(root.schema) ? { configs: {}, toJson: () => ({}) } : undefined
  }

  /** A single field, such as one that lists are filtered on. */
  fieldOf(schema: z.ZodType, field: string, wanted: string): Sent {
    return this.#sentOf({ ...rootOf(schema), field }, wanted)
  }

  /** What a schema describes, whole. */
  wholeOf(schema: z.ZodType, wanted: string): Sent {
    return this.#sentOf(rootOf(schema), wanted)
  }

  #sentOf(place: Place, wanted: string): Sent {
    const shape = shapeOf(place, 'input')
    const { type, toJson } = this.#nullable(shape, wanted)
    if (shape.isNullable) return { type, toJson: (value) => (value === null ? null : toJson(value)) }
    return { type: new GraphQLNonNull(type), toJson: (value) => (value === null ? undefined : toJson(value)) }
  }

  #nullable(shape: Kind, wanted: string): Sent {
    switch (shape.kind) {
      case 'scalar':
        return { type: scalars[shape.scalar], toJson: asItIs }
      case 'enum':
        return { type: this.#enums.typeOf(shape.values, wanted), toJson: asItIs }
      case 'list': {
        const items = this.#sentOf(shape.items, singular(wanted))
        return { type: new GraphQLList(items.type), toJson: (value) => (value as unknown[]).map(items.toJson) }
      }
      case 'object':
        return this.#objectOf(shape, wanted)
      case 'union':
        throw new Error('What is sent is never a union: see shapeOf')
    }
  }

  #objectOf({ identity: { name, key }, fields }: Extract<Kind, { kind: 'object' }>, wanted: string): Sent {
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known) return known
    const own = this.#names.take(`${name === undefined ? wanted : typeName(name)}Input`)
    let sent: SentFields | undefined
    const sentFields = () => {
      sent ??= this.#fieldsOf(fields, own.replace(/Input\d*$/, ''), () => ({}))
      return sent
    }
    const object: Sent = {
      type: new GraphQLInputObjectType({ name: own, fields: () => sentFields().configs }),
      toJson: (value) => sentFields().toJson(value as Record<string, unknown>),
    }
    if (key !== undefined) this.#known.set(key, object)
    return object
  }

  #fieldsOf(fields: readonly Field[], owner: string, tellDefault: typeof defaultOf): SentFields {
    const configs: Record<string, GraphQLArgumentConfig> = {}
    const readers: [own: string, name: string, toJson: ToJson][] = []
    for (const { name, place, isRequired } of fields) {
      const { type, toJson } = this.#sentOf(place, owner + typeName(name))
      const own = freeName([fieldName(name)], (taken) => Object.hasOwn(configs, taken))
      configs[own] = {
        type: isRequired || !(type instanceof GraphQLNonNull) ? type : type.ofType,
        ...(typeof place.schema.description === 'string' && { description: place.schema.description }),
        ...tellDefault(place),
      }
      readers.push([own, name, toJson])
    }
    return { configs, toJson: (values) => jsonOf(readers, values) }
  }
}

function jsonOf(
  readers: readonly (readonly [own: string, name: string, toJson: ToJson])[],
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const [own, name, toJson] of readers) {
    const value = values[own] === undefined ? undefined : toJson(values[own])
    if (value !== undefined) json[name] = value
  }
  return json
}

const asItIs: ToJson = (value) => value

function rootOf(schema: z.ZodType): Place {
  const root = jsonSchemaOf(schema, 'input') as Place['root']
  return { schema: root, root }
}

/** A command that takes nothing is still sent an object. */
function isEmptyObject({ type, properties = {}, additionalProperties }: Place['schema']): boolean {
  return type === 'object' && Object.keys(properties as object).length === 0 && typeof additionalProperties !== 'object'
}

/**
 * Defaults of scalars are told to callers; others only the command's own schema knows. Only of arguments can it be seen
 * whether they were given, so only theirs are told.
 */
function defaultOf({ schema: { default: given } }: Place): Pick<GraphQLArgumentConfig, 'defaultValue'> {
  return ['string', 'number', 'boolean'].includes(typeof given) ? { defaultValue: given } : {}
}
