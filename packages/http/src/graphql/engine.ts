import { type ExecutionArgs, type ExecutionResult, type GraphQLError, type GraphQLSchema, subscribe } from 'graphql'
import type { Logger } from 'weir/ports'
import type { Exchange } from '../exchange/exchange.ts'
import { Problem, problem } from '../problems/problem.ts'
import { RequestContext } from './context.ts'
import { Documents, type Prepared, type PreparedOperation } from './documents.ts'
import { type ErrorAnswer, fieldError, problemError, requestError } from './errors.ts'
import type { GraphqlLimits } from './options.ts'
import { executeBy } from './plan/execute.ts'
import { Refusal } from './refusal.ts'
import type { GraphqlRequest } from './request.ts'

/** An operation that may be executed. */
export interface Asked {
  readonly request: GraphqlRequest
  readonly prepared: Prepared
  readonly operation: PreparedOperation
}

/** What is answered to an operation. */
export interface Executed {
  readonly data?: unknown
  readonly errors?: readonly ErrorAnswer[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

const DEPTH = 15
const COST = 100_000

/** Executes GraphQL requests on a schema, within limits. */
export class GraphqlEngine {
  readonly #schema: GraphQLSchema
  readonly #documents: Documents
  readonly #limits: Required<GraphqlLimits>
  readonly #logger: Logger
  readonly #app: string
  readonly #introspection: boolean

  constructor(
    schema: GraphQLSchema,
    options: GraphqlLimits & { readonly introspection: boolean; readonly logger: Logger; readonly app: string },
  ) {
    this.#schema = schema
    this.#documents = new Documents(schema, options.introspection)
    this.#limits = { depth: options.depth ?? DEPTH, cost: options.cost ?? COST }
    this.#logger = options.logger
    this.#app = options.app
    this.#introspection = options.introspection
  }

  /** Finds the operation that is meant, and holds it against the limits. */
  ask(request: GraphqlRequest, { requestId }: Exchange): Asked | Refusal {
    const prepared = this.#documents.prepare(request.query)
    if ('errors' in prepared) {
      const errors = prepared.errors.map((error) => requestError(error, 'invalid-graphql'))
      return new Refusal(400, 'invalid-graphql', errors)
    }
    const operation = operationOf(prepared, request.operationName)
    const refused = operation instanceof Problem ? operation : this.#whyTooMuch(operation, request)
    if (refused) return new Refusal(refused.status, refused.code, [problemError(refused, requestId)])
    return { request, prepared, operation: operation as PreparedOperation }
  }

  #whyTooMuch({ weight }: PreparedOperation, { variables }: GraphqlRequest): Problem | undefined {
    const { depth, cost } = this.#limits
    if (weight.depth > depth) {
      return problem('query-too-deep', { detail: `Its fields are nested ${weight.depth} deep; ${depth} are allowed.` })
    }
    const costs = weight.costWith(variables)
    if (costs <= cost) return undefined
    return problem('query-too-costly', {
      detail: `It costs ${costs}; ${cost} are allowed. Ask for fewer fields, or for shorter pages with 'first'.`,
    })
  }

  /** Executes a query or mutation. */
  async execute(asked: Asked, exchange: Exchange): Promise<Executed | Refusal> {
    const context = new RequestContext(exchange)
    return this.#told(await executeBy(asked.operation.plan(), this.#argumentsOf(asked, context)), context)
  }

  /** Begins a subscription: its results as they come. */
  async subscribe(asked: Asked, exchange: Exchange): Promise<AsyncIterator<Executed> | Refusal> {
    const context = new RequestContext(exchange)
    const begun = await subscribe(this.#argumentsOf(asked, context))
    if (Symbol.asyncIterator in begun) return mapped(begun, (result) => this.#told(result, context) as Executed)
    const errors = (begun.errors ?? []).map((error) =>
      error.path === undefined ? requestError(error, 'invalid-input') : this.#fieldError(error, context),
    )
    const { status, code } = (errors[0] as ErrorAnswer).extensions
    return new Refusal(status, code, errors)
  }

  #argumentsOf({ request, prepared }: Asked, context: RequestContext): ExecutionArgs {
    return {
      schema: this.#schema,
      document: prepared.document,
      contextValue: context,
      variableValues: request.variables,
      operationName: request.operationName,
      hideSuggestions: !this.#introspection,
    }
  }

  #told({ data, errors }: ExecutionResult, context: RequestContext): Executed | Refusal {
    if (data === undefined) {
      return new Refusal(
        400,
        'invalid-input',
        (errors ?? []).map((error) => requestError(error, 'invalid-input')),
      )
    }
    const extensions = extensionsOf(context)
    return {
      data,
      ...(errors && { errors: errors.map((error) => this.#fieldError(error, context)) }),
      ...(extensions && { extensions }),
    }
  }

  #fieldError(error: GraphQLError, { exchange: { requestId } }: RequestContext): ErrorAnswer {
    return fieldError(error, { logger: this.#logger, app: this.#app, requestId })
  }
}

function operationOf({ operations }: Prepared, name: string | undefined): PreparedOperation | Problem {
  if (name === undefined) {
    const [only, ...others] = operations
    if (only && others.length === 0) return only
    return problem('unknown-operation', { detail: "Name the one that is meant in 'operationName'." })
  }
  const found = operations.find((operation) => operation.name === name)
  return found ?? problem('unknown-operation', { detail: `There is no operation '${name}' in the document.` })
}

function extensionsOf({ tokens, consistency }: RequestContext): Executed['extensions'] {
  if (tokens.length === 0 && consistency === undefined) return undefined
  return {
    ...(tokens.length > 0 && { consistencyToken: tokens.join(',') }),
    ...(consistency !== undefined && { consistencyStatus: consistency }),
  }
}

/** Changes what an iterator gives, without reading ahead. */
function mapped<From, To>(from: AsyncIterator<From>, change: (value: From) => To): AsyncIterator<To> {
  return {
    next: async () => {
      const result = await from.next()
      return result.done ? result : { done: false, value: change(result.value) }
    },
    return: async () => {
      await from.return?.()
      return { done: true, value: undefined }
    },
  }
}
