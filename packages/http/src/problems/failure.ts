import { BadRequestError, OperationRefused, UnavailableError } from 'weir/runtime'
import { badRequestProblem, type Problem, problem, refusedProblem, unavailableProblem } from './problem.ts'

/** What a caller is told of what was thrown. */
export function failureProblem(error: unknown): Problem {
  if (error instanceof BadRequestError) return badRequestProblem(error)
  if (error instanceof OperationRefused) return refusedProblem(error)
  if (error instanceof UnavailableError) return unavailableProblem(error)
  return problem('internal-error')
}
