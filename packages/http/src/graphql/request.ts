import type { Exchange } from '../exchange/exchange.ts'
import { readJson } from '../exchange/json-body.ts'
import { Problem, problem } from '../problems/problem.ts'
import { parseQuery } from '../rest/query-string.ts'

/** What a client asks for (GraphQL over HTTP). */
export interface GraphqlRequest {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** Reads a request out of a body of JSON. Its media type is one that pages of other origins cannot send unasked. */
export async function readPost(exchange: Exchange, bodyLimit: number): Promise<GraphqlRequest | Problem> {
  const body = await readJson(exchange, bodyLimit)
  if (body instanceof Problem) return body
  if (Array.isArray(body.value)) return malformed('Several requests in one are not taken: send each by itself.')
  if (typeof body.value !== 'object' || body.value === null) return malformed('The body has to be an object.')
  return requestOf(body.value as Record<string, unknown>)
}

/** Reads a request out of the query string. */
export function readGet(exchange: Exchange): GraphqlRequest | Problem {
  const parameters = parseQuery(exchange.query)
  if (!parameters) return problem('malformed-url', { detail: 'The query string cannot be decoded.' })
  const { variables, ...others } = Object.fromEntries(parameters)
  if (variables === undefined || variables === '') return requestOf(others)
  try {
    return requestOf({ ...others, variables: JSON.parse(variables) })
  } catch {
    return malformed("'variables' is not JSON.")
  }
}

function requestOf({ query, operationName, variables }: Record<string, unknown>): GraphqlRequest | Problem {
  if (typeof query !== 'string' || query === '') return malformed("'query' has to be a GraphQL document.")
  if (!isAbsent(operationName) && typeof operationName !== 'string') return malformed("'operationName' has to be text.")
  if (!isAbsent(variables) && (typeof variables !== 'object' || Array.isArray(variables))) {
    return malformed("'variables' has to be an object.")
  }
  return {
    query,
    operationName: isAbsent(operationName) || operationName === '' ? undefined : (operationName as string),
    variables: (variables ?? {}) as Record<string, unknown>,
  }
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null

function malformed(detail: string): Problem {
  return problem('malformed-graphql', { detail })
}
