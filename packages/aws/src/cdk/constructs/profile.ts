import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'

/** `dev` can be thrown away and costs little while nobody works with it; `prod` keeps what it has, and serves at once. */
export type ProfileName = 'dev' | 'prod'

/** What the two profiles differ in. */
export interface Profile {
  readonly name: ProfileName
  /** What becomes of tables and database when the stack goes. */
  readonly removal: RemovalPolicy
  readonly protects: boolean
  readonly logRetention: RetentionDays
  readonly backupDays: number
  /** Aurora capacity units: 2 GiB of memory each. 0: the database sleeps when nobody uses it. */
  readonly minCapacity: number
  readonly maxCapacity: number
  /** Whether there is a second instance, in another zone, that takes over. */
  readonly hasStandby: boolean
  /** Whether connections go through RDS Proxy. */
  readonly hasProxy: boolean
  /** Whether network interfaces that services are reached by stand in each zone. */
  readonly everyZone: boolean
  /** How often the sweep looks into the database, and keeps it awake. */
  readonly sweepEvery: string
  /** Whether clients may ask for the GraphQL schema, and people are shown GraphiQL: `on` or `off`. */
  readonly introspection: string
  /** Requests a second that the HTTP API takes. */
  readonly requestsPerSecond: number
}

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  dev: {
    name: 'dev',
    removal: RemovalPolicy.DESTROY,
    protects: false,
    logRetention: RetentionDays.ONE_WEEK,
    backupDays: 1,
    minCapacity: 0,
    maxCapacity: 2,
    hasStandby: false,
    hasProxy: false,
    everyZone: false,
    sweepEvery: '1 hour',
    introspection: 'on',
    requestsPerSecond: 100,
  },
  prod: {
    name: 'prod',
    removal: RemovalPolicy.RETAIN,
    protects: true,
    logRetention: RetentionDays.THREE_MONTHS,
    backupDays: 14,
    minCapacity: 0.5,
    maxCapacity: 16,
    hasStandby: true,
    hasProxy: true,
    everyZone: true,
    sweepEvery: '1 minute',
    introspection: 'off',
    requestsPerSecond: 1000,
  },
}
