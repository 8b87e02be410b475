import { GraphQLEnumType } from 'graphql'
import type { TypeNames } from './type-names.ts'

/** The enums of a schema: the same values are the same type, in what is sent and what is answered. */
export class Enums {
  readonly #names: TypeNames
  readonly #types = new Map<string, GraphQLEnumType>()

  constructor(names: TypeNames) {
    this.#names = names
  }

  /** @param values by the name of each; `wanted` is the name of the type if these values are new */
  typeOf(values: ReadonlyMap<string, string>, wanted: string): GraphQLEnumType {
    const key = JSON.stringify([...values].sort())
    const known = this.#types.get(key)
    if (known) return known
    const entries = Array.from(values, ([name, value]) => [name, { value }])
    const type = new GraphQLEnumType({ name: this.#names.take(wanted), values: Object.fromEntries(entries) })
    this.#types.set(key, type)
    return type
  }
}
