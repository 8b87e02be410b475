import type { FunctionRole } from '../../contract/index.ts'

/**
 * What an installation consists of, as plain data: the same definitions and options always give the same plan.
 *
 * 1. Resources are called by references such as `table/coffee/events`; what their ARNs, URLs and addresses will be, nobody knows
 *    yet. In values of environment variables a reference stands in braces.
 * 2. A function has the rights that are listed, and no others beyond those that each function has: to write its own log, to be
 *    in the VPC when it is there, and to send traces when they are on.
 */
export interface Plan {
  /** Begins all names. */
  readonly prefix: string
  readonly apps: readonly AppPlan[]
  readonly functions: readonly FunctionPlan[]
  /** Paths of the HTTP API that go to `operations`; all others go to `api`. */
  readonly operations: readonly PathPlan[]
  /** Services that functions in the VPC call, beside DynamoDB. */
  readonly services: readonly string[]
  /** Whether there are public events, which go to a bus. */
  readonly publishes: boolean
  /** Whether policies declare services, which may be anywhere on the internet. */
  readonly internet: boolean
}

export interface PathPlan {
  readonly method: string
  /** As API Gateway writes it: `/ops/{proxy+}`. */
  readonly path: string
}

/** The store of an application, and its doorbells. */
export interface AppPlan {
  readonly name: string
  /** What its paths begin with: empty, or such as `/coffee`. */
  readonly base: string
  readonly events: string
  readonly index: string
  readonly topic: string
  /** Tables that are there already. */
  readonly restored?: RestoredStore
  readonly consumers: readonly ConsumerPlan[]
}

/** Tables that were restored from a backup, and take the place of those that the stack makes. */
export interface RestoredStore {
  readonly events: string
  readonly index: string
  /** The label of the stream of the events table, such as `2026-11-28T12:00:00.000`: the end of its ARN. */
  readonly stream: string
}

/** A projection or policy, with its queues. */
export interface ConsumerPlan {
  readonly role: 'projection' | 'policy'
  readonly app: string
  readonly name: string
  /** The aggregates whose doorbells it is rung by. */
  readonly aggregates: readonly string[]
  readonly queue: string
  /** Policies alone have one. */
  readonly timers?: string
  /** How long a message is hidden while it is worked on. */
  readonly visibilitySeconds: number
  /** Services that it declares. */
  readonly services: readonly string[]
  /** Whether it takes public events to other systems. */
  readonly publishes: boolean
}

/** What makes a function run. */
export type Trigger =
  | { readonly kind: 'http' }
  | { readonly kind: 'stream'; readonly of: string }
  | { readonly kind: 'queue'; readonly of: string }
  | { readonly kind: 'schedule'; readonly every: string }
  | { readonly kind: 'state-machine' }
  | { readonly kind: 'deployment' }

/** What a function may do to one resource. */
export interface Right {
  readonly on: string
  readonly actions: readonly string[]
}

export interface FunctionPlan {
  readonly name: string
  readonly role: FunctionRole
  readonly description: string
  /** The application, when it works for one. */
  readonly app?: string
  readonly consumer?: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly inVpc: boolean
  readonly triggers: readonly Trigger[]
  readonly environment: Readonly<Record<string, string>>
  readonly rights: readonly Right[]
}
