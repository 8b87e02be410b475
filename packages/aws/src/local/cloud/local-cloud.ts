import type { BusEvent } from '../emulators/events.ts'
import type { Execution } from '../emulators/states.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import type { LocalKeys } from './keys.ts'

/** An application that runs on one machine as it would on AWS. */
export interface LocalCloud {
  readonly url: string
  readonly port: number
  /** The folder that keeps everything, as an absolute path. */
  readonly data: string
  readonly keys: LocalKeys
  /** The applications, and what their paths begin with. */
  readonly apps: readonly { readonly name: string; readonly base: string }[]
  /** What the template asks for and nothing here does, in words for people. */
  readonly notices: readonly string[]
  readonly functions: readonly LambdaFunction[]
  readonly tables: readonly string[]
  readonly queues: readonly string[]
  /** Where the services behind the functions are. */
  readonly endpoints: {
    readonly dynamodb: string
    readonly messages: string
    readonly database: string | undefined
  }
  /** By its name, or the end of it. @throws LocalCloudError when there is none, or several */
  function(name: string): LambdaFunction
  /** Resolves when everything has come to rest, but for messages that were sent for later. */
  settled(): Promise<void>
  /** Refuses a share of the requests to DynamoDB, from 0 to 1. @throws LocalCloudError without the option `throttles` */
  throttle(share: number, error?: string): void
  /** Makes it so many milliseconds later for functions, which all start anew. Queues keep the machine's time. */
  goAhead(milliseconds: number): Promise<void>
  /** Does now what a schedule does when it is time. @param name a part of the schedule's name in the template */
  fire(name: string): Promise<void>
  /** What runs on state machines, and what ran, the newest first. */
  executions(): readonly Execution[]
  /** What was put on event buses since the start. */
  events(): readonly BusEvent[]
  /** Stops everything; what is kept is there at the next start. */
  stop(): Promise<void>
}
