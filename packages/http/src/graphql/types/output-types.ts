import {
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLUnionType,
} from 'graphql'
import { jsonSchemaOf } from 'weir'
import type * as z from 'zod'
import { freeName, singular } from '../../openapi/words.ts'
import type { Enums } from './enums.ts'
import type { Kind, Shape } from './kind.ts'
import { fieldName, typeName } from './names.ts'
import type { Field, Identity, Place } from './place.ts'
import { scalars } from './scalars.ts'
import { shapeOf } from './shape.ts'
import type { TypeNames } from './type-names.ts'

type ObjectKind = Extract<Kind, { kind: 'object' }>
type UnionKind = Extract<Kind, { kind: 'union' }>

/**
 * The types of what is answered, made of schemas.
 *
 * 1. A schema is one type, wherever it stands; another one that wants its name gets a number behind it.
 * 2. What stands inside an object is called by it: `OrderCoffee` is the coffee of an `Order`.
 */
export class OutputTypes {
  readonly #names: TypeNames
  readonly #enums: Enums
  readonly #known = new Map<string, GraphQLObjectType | GraphQLUnionType>()

  constructor(names: TypeNames, enums: Enums) {
    this.#names = names
    this.#enums = enums
  }

  /** The type of what a schema describes; `wanted` is the name if it needs one. */
  typeOf(schema: z.ZodType, wanted: string): GraphQLOutputType {
    const root = jsonSchemaOf(schema, 'output')
    return this.#typeOf({ schema: root as Place['schema'], root: root as Place['root'] }, wanted)
  }

  #typeOf(place: Place, wanted: string): GraphQLOutputType {
    const shape = shapeOf(place, 'output')
    const type = this.#nullable(shape, wanted)
    return shape.isNullable ? type : new GraphQLNonNull(type)
  }

  #nullable(shape: Shape, wanted: string): Exclude<GraphQLOutputType, GraphQLNonNull<never>> {
    switch (shape.kind) {
      case 'scalar':
        return scalars[shape.scalar]
      case 'enum':
        return this.#enums.typeOf(shape.values, wanted)
      case 'list':
        return new GraphQLList(this.#typeOf(shape.items, singular(wanted)))
      case 'object':
        return this.#objectOf(shape, wanted)
      case 'union':
        return this.#unionOf(shape, wanted)
    }
  }

  #objectOf({ identity, fields }: ObjectKind, wanted: string): GraphQLObjectType | GraphQLUnionType {
    return this.#once(
      identity,
      wanted,
      (own) => new GraphQLObjectType({ name: own, fields: () => this.#fieldsOf(own, fields) }),
    )
  }

  /** What is known again is made once: it may stand within itself. */
  #once<Type extends GraphQLObjectType | GraphQLUnionType>(
    { name, key }: Identity,
    wanted: string,
    make: (own: string) => Type,
  ): GraphQLObjectType | GraphQLUnionType {
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known) return known
    const type = make(this.#names.take(name === undefined ? wanted : typeName(name)))
    if (key !== undefined) this.#known.set(key, type)
    return type
  }

  #fieldsOf(owner: string, fields: readonly Field[]): Record<string, GraphQLFieldConfig<unknown, unknown>> {
    const configs: Record<string, GraphQLFieldConfig<unknown, unknown>> = {}
    for (const { name, place, isRequired } of fields) {
      const type = this.#typeOf(place, owner + typeName(name))
      const own = freeName([fieldName(name)], (taken) => Object.hasOwn(configs, taken))
      configs[own] = {
        type: isRequired || !(type instanceof GraphQLNonNull) ? type : type.ofType,
        description: textOf(place.schema.description),
        ...(own !== name && { resolve: (source) => (source as Record<string, unknown>)[name] }),
      }
    }
    return configs
  }

  #unionOf({ discriminator, variants, identity }: UnionKind, wanted: string): GraphQLObjectType | GraphQLUnionType {
    return this.#once(identity, wanted, (own) => {
      const types = new Map<string, GraphQLObjectType>()
      return new GraphQLUnionType({
        name: own,
        types: () => {
          for (const [value, place] of variants) types.set(value, this.#variantOf(place, own + typeName(value)))
          return [...types.values()]
        },
        resolveType: (document) => types.get((document as Record<string, string>)[discriminator] as string)?.name,
      })
    })
  }

  #variantOf(place: Place, wanted: string): GraphQLObjectType {
    const type = this.#typeOf(place, wanted)
    return (type instanceof GraphQLNonNull ? type.ofType : type) as GraphQLObjectType
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
