import {
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLScalarType,
  GraphQLString,
  isEnumType,
} from 'graphql'
import { comparisons } from '../../rest/filters.ts'
import type { TypeNames } from '../types/type-names.ts'

/** The types of bounds: one for all texts, one for all whole numbers, one for all others. */
export class Ranges {
  readonly #names: TypeNames
  readonly #known = new Map<string, GraphQLInputObjectType>()

  constructor(names: TypeNames) {
    this.#names = names
  }

  /** Bounds for values of a type; undefined if they are in no order worth asking for. */
  of(type: GraphQLInputType): GraphQLInputObjectType | undefined {
    if (type === GraphQLInt) return this.#rangeOf(GraphQLInt)
    if (type === GraphQLFloat) return this.#rangeOf(GraphQLFloat)
    return type === GraphQLString || type === GraphQLID || isEnumType(type) ? this.#rangeOf(GraphQLString) : undefined
  }

  #rangeOf(scalar: GraphQLScalarType): GraphQLInputObjectType {
    const known = this.#known.get(scalar.name)
    if (known) return known
    const fields = Object.fromEntries(comparisons.map((comparison) => [comparison, { type: scalar }]))
    const range = new GraphQLInputObjectType({ name: this.#names.take(`${scalar.name}Range`), fields })
    this.#known.set(scalar.name, range)
    return range
  }
}
