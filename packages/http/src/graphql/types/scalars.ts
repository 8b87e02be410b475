import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLScalarType,
  GraphQLString,
  valueFromASTUntyped,
} from 'graphql'
import { withoutPrototypes } from '../../exchange/json-body.ts'
import type { Scalar } from './kind.ts'

const GraphQLJson = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value: where the schema does not say what there is.',
  serialize: (value) => value,
  parseValue: (value) => value,
  // As a body of JSON would be read: plain objects, without keys that some code would mistake for a prototype.
  parseLiteral: (node, variables) =>
    JSON.parse(JSON.stringify(valueFromASTUntyped(node, variables)), withoutPrototypes),
})

/** The types of scalars by their names. */
export const scalars: Readonly<Record<Scalar, GraphQLScalarType>> = {
  ID: GraphQLID,
  String: GraphQLString,
  Int: GraphQLInt,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
  JSON: GraphQLJson,
}
