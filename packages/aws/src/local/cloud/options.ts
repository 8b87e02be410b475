import type { LogLine } from './log.ts'

/** What is known of a step of the start. */
export interface Progress {
  /** Such as `PostgreSQL`. */
  readonly step: string
  /** How long it took; undefined when it begins. */
  readonly milliseconds: number | undefined
}

/** Keys that callers show, where they are not to be made up. */
export interface GivenKeys {
  readonly apiKey?: string | undefined
  readonly operatorKey?: string | undefined
  readonly readerKey?: string | undefined
}

export interface LocalCloudOptions {
  /** What `cdk synth` has written. */
  readonly cdkOut: string
  /** The folder that keeps everything; made when it is not there. */
  readonly data: string
  /** The port of all that has an address outside; any free one by default. */
  readonly port?: number
  /** The address to listen on; `127.0.0.1` by default. */
  readonly host?: string
  /** The URL of a PostgreSQL that is there; by default one is started in the folder. */
  readonly databaseUrl?: string | undefined
  readonly keys?: GivenKeys
  /** Variables for all functions, beside those of the template. */
  readonly environment?: Readonly<Record<string, string>>
  /** How many environments of one function this machine is to bear; 8 by default. More invocations wait. */
  readonly environments?: number
  /** Milliseconds after which an environment that nobody calls is stopped; five minutes by default. */
  readonly idle?: number
  /** Seconds after which messages that were not handled come again, in place of what the template says. */
  readonly visibilityTimeout?: number
  /** What time it is for functions when it starts, as ISO 8601; the machine's by default. It goes on from there. */
  readonly now?: string
  /** Whether DynamoDB can be told to refuse requests: `LocalCloud.throttle`. */
  readonly throttles?: boolean
  /** Whether schedules run by themselves, as they do by default; else they are fired by hand. */
  readonly schedules?: boolean
  readonly onLog?: (line: LogLine) => void
  readonly onProgress?: (progress: Progress) => void
}
