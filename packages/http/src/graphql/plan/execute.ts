import { type ExecutionArgs, type ExecutionResult, execute } from 'graphql'
import type { RequestContext } from '../context.ts'
import { Outcomes } from './outcomes.ts'
import type { Plan } from './plan.ts'

/** Executes an operation: by its plan as far as that goes, else by graphql. */
export async function executeBy(plan: Plan | undefined, args: ExecutionArgs): Promise<ExecutionResult> {
  const planned = await plan?.run(args.variableValues ?? {}, args.contextValue as RequestContext)
  return planned && !(planned instanceof Outcomes) ? planned : execute({ ...args, rootValue: planned })
}
