import {
  GraphQLBoolean,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from 'graphql'
import type { TypeNames } from '../types/type-names.ts'
import { isOnPage } from '../weight.ts'

const required = (type: GraphQLOutputType): GraphQLNonNull<never> => new GraphQLNonNull(type) as GraphQLNonNull<never>

/** The types of pages: one connection for each type of document. */
export class Connections {
  readonly #names: TypeNames
  readonly #pageInfo: GraphQLObjectType
  readonly #known = new Map<GraphQLObjectType, GraphQLObjectType>()

  constructor(names: TypeNames) {
    this.#names = names
    this.#pageInfo = new GraphQLObjectType({
      name: names.take('PageInfo'),
      fields: {
        hasNextPage: { type: required(GraphQLBoolean) },
        hasPreviousPage: { type: required(GraphQLBoolean) },
        startCursor: { type: GraphQLString },
        endCursor: { type: GraphQLString, description: 'Send it as `after` for the next page.' },
      },
    })
  }

  of(document: GraphQLObjectType): GraphQLObjectType {
    const known = this.#known.get(document)
    if (known) return known
    const edge = new GraphQLObjectType({
      name: this.#names.take(`${document.name}Edge`),
      fields: { cursor: { type: required(GraphQLString) }, node: { type: required(document) } },
    })
    const extensions = { [isOnPage]: true }
    const connection = new GraphQLObjectType({
      name: this.#names.take(`${document.name}Connection`),
      fields: {
        nodes: { type: required(new GraphQLList(required(document))), extensions },
        edges: { type: required(new GraphQLList(required(edge))), extensions },
        pageInfo: { type: required(this.#pageInfo) },
      },
    })
    this.#known.set(document, connection)
    return connection
  }
}
