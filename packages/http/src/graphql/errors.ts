import { GraphQLError } from 'graphql'
import type { Logger } from 'weir/ports'
import { failureProblem } from '../problems/failure.ts'
import { type Problem, problem } from '../problems/problem.ts'
import { ProblemError } from './context.ts'

/** An error as a client gets it. */
export interface ErrorAnswer {
  readonly message: string
  readonly locations?: readonly unknown[]
  readonly path?: readonly unknown[]
  readonly extensions: { readonly code: string; readonly status: number } & Readonly<Record<string, unknown>>
}

/** How a problem is told in `extensions`: with the members that REST answers. */
function extensionsOf({ type, code, status, occurrence }: Problem, requestId: string): ErrorAnswer['extensions'] {
  const { detail, errors, headers } = occurrence
  const retryAfter = headers?.['retry-after']
  return {
    code,
    status,
    type,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
    ...(retryAfter !== undefined && { retryAfter: Number(retryAfter) }),
    ...(status >= 500 && { requestId }),
  }
}

/** A problem of the whole request. */
export function problemError(occurred: Problem, requestId: string): ErrorAnswer {
  return { message: occurred.title, extensions: extensionsOf(occurred, requestId) }
}

/** An error of GraphQL's own: its message says what is wrong where. */
export function requestError(error: GraphQLError, code: 'invalid-graphql' | 'invalid-input'): ErrorAnswer {
  const { status, type } = problem(code)
  const { message, locations } = error
  return { message, ...(locations && { locations }), extensions: { code, status, type } }
}

/** What the errors of fields are told with. */
export interface ErrorServices {
  readonly logger: Logger
  readonly app: string
  readonly requestId: string
}

/** An error that a field ended with. What a resolver threw unexpectedly is for the log alone. */
export function fieldError(error: GraphQLError, { logger, app, requestId }: ErrorServices): ErrorAnswer {
  const thrown = error.originalError ?? error
  const occurred = problemOf(thrown)
  const { locations, path } = error
  if (occurred.status === 500) logger.error({ app, requestId, field: path?.join('.'), err: thrown }, 'field failed')
  return {
    message: occurred.title,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: extensionsOf(occurred, requestId),
  }
}

/** What GraphQL itself throws in a field is that it has no way to tell a value, such as one that an enum does not have. */
function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem
  if (thrown instanceof GraphQLError) return problem('not-representable', { detail: thrown.message })
  return failureProblem(thrown)
}
