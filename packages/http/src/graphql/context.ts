import { GraphQLError } from 'graphql'
import type { Consistency } from 'weir/runtime'
import type { Exchange } from '../exchange/exchange.ts'
import type { Admit } from '../guard/admit.ts'
import { Problem } from '../problems/problem.ts'
import { declareConsistency, type Freshness, freshnessOf } from '../rest/consistency.ts'

const WORST_FIRST = ['parked', 'timed-out', 'reached'] as const

/** What the fields of one GraphQL request share. */
export class RequestContext {
  readonly exchange: Exchange
  readonly freshness: Freshness
  /** Consistency tokens of what the request has written. */
  readonly tokens: string[] = []
  #consistency: Consistency | undefined

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.freshness = freshnessOf(exchange)
  }

  /** How current what was read is: the worst of all reads; undefined when the request bore no token. */
  get consistency(): Consistency | undefined {
    return this.#consistency
  }

  /**
   * Who asks, as the guard of a field knows it.
   *
   * @throws ProblemError when the caller is not let pass
   */
  admit(admit: Admit | undefined): string | undefined {
    if (!admit) return undefined
    throwIfProblem(admit(this.exchange))
    return this.exchange.actor
  }

  /** @throws ProblemError when that is not current enough for the caller (G8) */
  declare(consistency: Consistency | undefined): void {
    if (consistency === undefined) return
    const known = [consistency, this.#consistency]
    this.#consistency = WORST_FIRST.find((each) => known.includes(each))
    throwIfProblem(declareConsistency(consistency, this.freshness, {}))
  }
}

/** A problem as resolvers throw it. */
export class ProblemError extends GraphQLError {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.problem = problem
  }
}

/** Hands on what is no problem. */
export function throwIfProblem<Value>(value: Value): Exclude<Value, Problem> {
  if (value instanceof Problem) throw new ProblemError(value)
  return value as Exclude<Value, Problem>
}
