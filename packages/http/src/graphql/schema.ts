import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { commandEntriesOf, type GetEntry, type ListEntry, type RouteEntry } from 'weir'
import type { Admit } from '../guard/admit.ts'
import type { AdmissionOf } from '../guard/route-guard.ts'
import type { LiveQueries } from '../live/live-queries.ts'
import { pascalCase, sentenceCase } from '../openapi/words.ts'
import { changesNames, commandNames, FieldNames, type QueryRoute, queryNames } from './field-names.ts'
import { commandMutation, rebuildMutation } from './fields/mutations.ts'
import {
  constantQuery,
  documentQuery,
  type FieldServices,
  listQuery,
  progressQuery,
  type RootField,
} from './fields/queries.ts'
import { changesSubscription } from './fields/subscriptions.ts'
import { SchemaTypes } from './schema-types.ts'

type RootFields = Record<string, RootField>

/**
 * The GraphQL schema of an application, derived from its route table: what REST reads are queries, its commands are
 * mutations, and changes of documents are subscriptions.
 */
export function graphqlSchema(
  services: Omit<FieldServices, 'types'>,
  admissionOf: AdmissionOf,
  live: LiveQueries,
): GraphQLSchema {
  const { app } = services.runtime
  const types = new SchemaTypes()
  // Documents before all others, so that they have the plain names.
  for (const route of app.routes) if (route.kind === 'get' || route.kind === 'list') types.documentOf(route.projection)
  const all = { ...services, types }
  const query = queryFields(app.routes, admissionOf, all)
  const mutation = mutationFields(app.routes, admissionOf, all)
  return new GraphQLSchema({
    description: app.description ?? app.title,
    query: new GraphQLObjectType({
      name: 'Query',
      fields: Object.keys(query).length > 0 ? query : nothingToRead(app.title),
    }),
    mutation: typeOf('Mutation', mutation),
    subscription: typeOf('Subscription', subscriptionFields(app.routes, admissionOf, all, live)),
  })
}

function queryFields(routes: readonly RouteEntry[], admissionOf: AdmissionOf, services: FieldServices): RootFields {
  const names = new FieldNames()
  const fields: RootFields = {}
  for (const route of routes) {
    if (route.kind === 'command' || route.kind === 'choice' || route.kind === 'rebuild') continue
    const name = names.take(...queryNames(route))
    fields[name] = { ...queryOf(route, name, admissionOf(route), services), description: wordsOf(route, name) }
  }
  return fields
}

function queryOf(route: QueryRoute, name: string, admit: Admit | undefined, services: FieldServices): RootField {
  switch (route.kind) {
    case 'get':
      return documentQuery(route, admit, services)
    case 'list':
      return listQuery(route, name, admit, services)
    case 'constant':
      return constantQuery(route, name, admit, services)
    case 'progress':
      return progressQuery(route, admit, services)
  }
}

function mutationFields(routes: readonly RouteEntry[], admissionOf: AdmissionOf, services: FieldServices): RootFields {
  const names = new FieldNames()
  const fields: RootFields = {}
  for (const route of routes) {
    const admit = admissionOf(route)
    for (const entry of commandEntriesOf(route)) {
      const name = names.take(...commandNames(entry))
      fields[name] = { ...commandMutation(entry, name, admit, services), description: wordsOf(entry, name) }
    }
    if (route.kind === 'rebuild') {
      const name = names.take(`rebuild${pascalCase(route.projection.name)}`)
      fields[name] = { ...rebuildMutation(route, admit, services), description: wordsOf(route, name) }
    }
  }
  return fields
}

function subscriptionFields(
  routes: readonly RouteEntry[],
  admissionOf: AdmissionOf,
  services: FieldServices,
  live: LiveQueries,
): RootFields {
  const names = new FieldNames()
  const fields: RootFields = {}
  for (const projection of services.runtime.app.projections) {
    const get = routes.find((route): route is GetEntry => route.kind === 'get' && route.projection === projection)
    const list = routes.find((route): route is ListEntry => route.kind === 'list' && route.projection === projection)
    if (!get && !list) continue
    const read = {
      projection,
      get: get && { entry: get, admit: admissionOf(get) },
      list: list && { entry: list, admit: admissionOf(list) },
    }
    const name = names.take(...changesNames(projection))
    fields[name] = {
      ...changesSubscription(read, services, live),
      description: `${services.types.documentOf(projection).name} after each change; null when it is removed.`,
    }
  }
  return fields
}

function wordsOf({ summary, description }: RouteEntry, name: string): string {
  const first = summary ?? sentenceCase(name)
  return description === undefined ? first : `${first}\n\n${description}`
}

/** A schema has to have a query, also where there are commands only. */
function nothingToRead(title: string): RootFields {
  return { application: { type: GraphQLString, description: 'What this is.', resolve: () => title } }
}

function typeOf(name: string, fields: RootFields): GraphQLObjectType | undefined {
  return Object.keys(fields).length > 0 ? new GraphQLObjectType({ name, fields }) : undefined
}
