import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { App } from 'weir'
import type { Overrides } from './constructs/overrides.ts'
import type { ProfileName } from './constructs/profile.ts'
import type { SiteFolders } from './constructs/site-files.ts'
import type { RestoredStore } from './plan/types.ts'

export interface WeirAppProps {
  /** Path of the module that exports the applications and, if their policies call any, their `services`. */
  readonly entry: string
  /** The applications that it exports. */
  readonly apps: readonly App[]
  /** `dev` can be thrown away and sleeps while nobody works with it; `prod` keeps what it has. */
  readonly profile: ProfileName
  /** Begins the names of all resources; the name of the stack if not given. */
  readonly prefix?: string
  /** For the tag `stage`; the profile if not given. */
  readonly stage?: string
  /** Folders of built pages, served by S3 and CloudFront; there is only the HTTP API if not given. */
  readonly site?: SiteFolders
  /** Whether traces go to X-Ray; they do not if not given. */
  readonly tracing?: boolean
  /** The key for guarded routes. It stands in the template, so give none in production: one is made up then. */
  readonly apiKey?: string | undefined
  /** Whether functions in the VPC reach the internet, by a NAT gateway; if not given, they do when a policy declares services. */
  readonly internet?: boolean
  /** Tables that were restored from a backup, by the applications' names: they take the place of those that the stack made. */
  readonly restored?: Readonly<Record<string, RestoredStore>>
  /** Whether each application is in a nested stack; if not given, it is where one stack would have too many resources. */
  readonly nested?: boolean
  /** How often the sweep looks, as EventBridge writes it; every minute in `prod`, every hour in `dev`. */
  readonly sweepEvery?: string
  /** Who is told about alarms. There are alarms in `prod`, and wherever this is given. */
  readonly alarmTopic?: ITopic
  /** Environment variables for all functions. */
  readonly environment?: Readonly<Record<string, string>>
  /** Changes what single resources are made with. */
  readonly overrides?: Overrides
}
