import { fieldsOf, type ListEntry } from 'weir'
import type { Clock, Filter } from 'weir/ports'
import type { InputFault, ListOptions } from 'weir/runtime'
import { type Problem, problem } from '../problems/problem.ts'
import { defaultFiltering, togetherFaults } from './default-filter.ts'
import { filterReaders } from './filters.ts'
import { type Parameters, parseQuery } from './query-string.ts'

/** What a list's query string asks for. */
export interface ListRequest {
  readonly options: ListOptions
  /** The parameters as given, and the list's default filter, for the link to the next page. */
  readonly parameters: Parameters
}

interface Draft {
  filters: Filter[]
  sort: ListOptions['sort']
  limit?: number
  cursor?: string
}

/** Puts one parameter into the draft, or says what is wrong with it. */
type Take = (draft: Draft, value: string) => string | undefined

const LONGEST_PAGE = 1000

/** Prepares the reading of a list's query strings. */
export function listQueryReader(entry: ListEntry, clock: Clock): (query: string) => ListRequest | Problem {
  const read = listParametersReader(entry, clock)
  return (query) => {
    const given = parseQuery(query)
    return given ? read(given) : problem('malformed-url', { detail: 'The query string cannot be decoded.' })
  }
}

/** Prepares the reading of a list's parameters: each that it knows, and no other, at most once. */
export function listParametersReader(entry: ListEntry, clock: Clock): (given: Parameters) => ListRequest | Problem {
  const takers = takersOf(entry)
  const unknown = unknownTo(entry)
  const withDefault = defaultFiltering(entry, clock)
  const known = `Known parameters: ${[...takers.keys()].join(', ')}.`
  return (given) => {
    const parameters = withDefault(given)
    const draft: Draft = { filters: [], sort: entry.sort }
    const seen = new Set<string>()
    const errors: InputFault[] = togetherFaults(entry, parameters)
    for (const [field, value] of parameters) {
      const message = seen.has(field) ? 'is given twice' : (takers.get(field) ?? unknown(field))(draft, value)
      if (message !== undefined) errors.push({ field, message })
      seen.add(field)
    }
    return errors.length > 0 ? problem('invalid-query', { detail: known, errors }) : { options: draft, parameters }
  }
}

/** A field of the documents that is no filter is not unknown: the caller hears which fields are. */
function unknownTo({ projection, filters }: ListEntry): (parameter: string) => Take {
  const fields = fieldsOf(projection.schema) ?? {}
  const instead = filters.length > 0 ? `these can: ${filters.join(', ')}` : 'nor can any other field of this list'
  return (parameter) => {
    const [field = ''] = parameter.split('[', 1)
    const isField = Object.hasOwn(fields, field) && !filters.includes(field)
    return () => (isField ? `cannot be filtered on; ${instead}` : 'is not a known parameter')
  }
}

function takersOf(entry: ListEntry): Map<string, Take> {
  const takers = new Map<string, Take>()
  for (const [name, read] of filterReaders(entry.projection, entry.filters)) {
    takers.set(name, (draft, value) => {
      const filter = read(value)
      if ('message' in filter) return filter.message
      draft.filters.push(filter)
      return undefined
    })
  }
  if (entry.projection.indexes.length > 0) takers.set('sort', takeSort(entry.projection.indexes))
  takers.set('limit', takeLimit)
  takers.set('cursor', (draft, value) => {
    draft.cursor = value
    return undefined
  })
  return takers
}

const takeLimit: Take = (draft, value) => {
  const limit = Number(value)
  if (!/^\d{1,4}$/.test(value) || limit < 1 || limit > LONGEST_PAGE) return `has to be 1 to ${LONGEST_PAGE}`
  draft.limit = limit
  return undefined
}

function takeSort(indexes: readonly string[]): Take {
  return (draft, value) => {
    const descending = value.startsWith('-')
    const field = descending ? value.slice(1) : value
    if (!indexes.includes(field))
      return `has to be one of ${indexes.join(', ')}, with '-' in front for descending order`
    draft.sort = { field, descending }
    return undefined
  }
}
