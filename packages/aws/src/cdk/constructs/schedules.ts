import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as CallFunction } from 'aws-cdk-lib/aws-events-targets'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { FunctionPlan } from '../plan/types.ts'

/** Calls a function as often as its plan says. What fails is not called again: the next call finds the same. */
export function scheduled(scope: Construct, id: string, { name, triggers }: FunctionPlan, target: IFunction): Rule[] {
  return triggers.flatMap((trigger) => {
    if (trigger.kind !== 'schedule') return []
    const schedule = Schedule.expression(`rate(${trigger.every})`)
    return new Rule(scope, id, { ruleName: name, schedule, targets: [new CallFunction(target, { retryAttempts: 0 })] })
  })
}
