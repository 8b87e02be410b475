import { GraphQLNonNull, type GraphQLNullableType, type GraphQLObjectType, type GraphQLOutputType } from 'graphql'
import type { AnyProjection } from 'weir'
import { singular } from '../openapi/words.ts'
import { Connections } from './fields/connections.ts'
import { Ranges } from './fields/ranges.ts'
import { Enums } from './types/enums.ts'
import { InputTypes } from './types/input-types.ts'
import { typeName } from './types/names.ts'
import { OutputTypes } from './types/output-types.ts'
import { TypeNames } from './types/type-names.ts'

/** The types of one GraphQL schema. */
export class SchemaTypes {
  readonly names: TypeNames = new TypeNames()
  readonly outputs: OutputTypes
  readonly inputs: InputTypes
  readonly connections: Connections
  readonly ranges: Ranges
  readonly #documents = new Map<AnyProjection, GraphQLObjectType>()

  constructor() {
    const enums = new Enums(this.names)
    this.outputs = new OutputTypes(this.names, enums)
    this.inputs = new InputTypes(this.names, enums)
    this.connections = new Connections(this.names)
    this.ranges = new Ranges(this.names)
  }

  /** The type of a projection's documents. */
  documentOf(projection: AnyProjection): GraphQLObjectType {
    const known = this.#documents.get(projection)
    if (known) return known
    const type = nullable(this.outputs.typeOf(projection.schema, typeName(singular(projection.name))))
    this.#documents.set(projection, type as GraphQLObjectType)
    return type as GraphQLObjectType
  }
}

/** The type without its exclamation mark. */
export function nullable<Type extends GraphQLOutputType>(type: Type): GraphQLNullableType & GraphQLOutputType {
  return (type instanceof GraphQLNonNull ? type.ofType : type) as GraphQLNullableType & GraphQLOutputType
}
