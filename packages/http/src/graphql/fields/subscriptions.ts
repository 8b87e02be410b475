import { GraphQLID, GraphQLNonNull } from 'graphql'
import type { AnyProjection, GetEntry, ListEntry } from 'weir'
import type { Filter } from 'weir/ports'
import type { InputFault } from 'weir/runtime'
import type { Admit } from '../../guard/admit.ts'
import type { LiveQueries } from '../../live/live-queries.ts'
import { type Problem, problem } from '../../problems/problem.ts'
import { filterReaders } from '../../rest/filters.ts'
import { throwIfProblem } from '../context.ts'
import { type Change, Changes } from '../subscriptions/changes.ts'
import { WatchedDocuments } from '../subscriptions/watched-documents.ts'
import { fieldName } from '../types/names.ts'
import { filterTypes } from './list-arguments.ts'
import type { FieldServices, RootField } from './queries.ts'

type Args = Readonly<Record<string, unknown>>

/** The routes by which documents of one projection are read, each with its guard. */
export interface ReadRoutes {
  readonly projection: AnyProjection
  readonly get: { readonly entry: GetEntry; readonly admit: Admit | undefined } | undefined
  readonly list: { readonly entry: ListEntry; readonly admit: Admit | undefined } | undefined
}

/**
 * A subscription to the changes of documents: of one, of those that filters of the list are true of, or of all.
 *
 * Whom a document's route lets pass may watch that document; whom the list's lets pass, all that the list shows.
 */
export function changesSubscription(
  { projection, get, list }: ReadRoutes,
  { runtime, types }: FieldServices,
  live: LiveQueries,
): RootField {
  const filters = list ? filterTypes(list.entry, types) : []
  const id = get && { type: list ? GraphQLID : new GraphQLNonNull(GraphQLID), description: 'Only this document.' }
  const filterArgs = filters.map(([field, type]) => [
    fieldName(field),
    { type, description: `Only documents whose \`${field}\` is this.` },
  ])
  const readFilters = list ? filterReading(list.entry) : () => []
  return {
    type: types.documentOf(projection),
    args: { ...Object.fromEntries(filterArgs), ...(id && { id }) },
    subscribe: async (_, args, context) => {
      const documentId = throwIfProblem(readId(args))
      const asked = throwIfProblem(readFilters(args))
      if (documentId !== undefined) context.admit(get?.admit)
      if (documentId === undefined || asked.length > 0) context.admit(list?.admit)
      const sort = list?.entry.sort && { ...list.entry.sort, descending: true }
      const watched = new WatchedDocuments(runtime, { projection, id: documentId, filters: asked, sort })
      return Changes.of(live, watched, documentId !== undefined)
    },
    resolve: (change) => (change as Change).document,
  }
}

/** No document has an id that no store can take. */
function readId({ id }: Args): string | undefined | Problem {
  if (id === undefined || id === null) return undefined
  const isPossible = !(id as string).includes('\0')
  return isPossible
    ? (id as string)
    : problem('invalid-input', { errors: [{ field: 'id', message: 'has to be text without NUL' }] })
}

/** Reads the filters that are given, by the rules of the list. */
function filterReading({ projection, filters }: ListEntry): (args: Args) => readonly Filter[] | Problem {
  const readers = filterReaders(projection, filters)
  return (args) => {
    const read: Filter[] = []
    const errors: InputFault[] = []
    for (const field of filters) {
      const value = args[fieldName(field)]
      const filter = value === undefined || value === null ? undefined : readers.get(field)?.(String(value))
      if (filter && 'message' in filter) errors.push({ field: fieldName(field), message: filter.message })
      else if (filter) read.push(filter)
    }
    return errors.length > 0 ? problem('invalid-input', { errors }) : read
  }
}
