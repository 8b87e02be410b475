import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { FunctionRole } from '../../contract/index.ts'
import { pascalCase } from './doorbells.ts'
import { functionOf } from './functions.ts'
import type { Installation } from './installation.ts'
import type { Network } from './network.ts'
import { scheduled } from './schedules.ts'

/** Roles of which there is one function for all applications. */
export type SharedRole = Exclude<FunctionRole, 'publisher' | 'projection' | 'policy'>

/** Makes the function of a role, with its schedule if it has one. */
export function sharedFunction(
  scope: Construct,
  installation: Installation,
  role: SharedRole,
  network: Network,
): LambdaFunction {
  const planned = installation.plan.functions.find((one) => one.role === role)
  if (!planned) throw new Error(`The plan has no function ${role}`)
  const made = functionOf(scope, pascalCase(role), installation, planned, network)
  scheduled(scope, `${pascalCase(role)}Schedule`, planned, made)
  return made
}
