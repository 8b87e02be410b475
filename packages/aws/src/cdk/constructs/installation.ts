import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Plan } from '../plan/types.ts'
import type { Overrides } from './overrides.ts'
import type { Profile } from './profile.ts'
import type { References } from './references.ts'

/** What all parts of an installation are made of. */
export interface Installation {
  readonly plan: Plan
  readonly profile: Profile
  readonly references: References
  readonly overrides: Overrides
  /** The module that exports the applications. */
  readonly entry: string
  /** Whether traces go to X-Ray. */
  readonly tracing: boolean
  /** Whether each application is in a nested stack. */
  readonly nests: boolean
  /** All functions that were made so far, by their names. */
  readonly functions: Map<string, LambdaFunction>
}
