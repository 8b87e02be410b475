import { join } from 'node:path'
import { startDynoxide } from '@weir/engine-dynamodb/local'
import { type AwsCall, awsJson } from '../emulators/aws-json.ts'
import { type Messaging, startMessaging } from '../emulators/queues.ts'
import { startThrottle, type Throttle } from '../emulators/throttle.ts'
import { type Database, givenDatabase, startDatabase } from './database.ts'
import type { Ground } from './ground.ts'
import type { Progress } from './options.ts'

/** The services behind the functions. */
export interface Emulators {
  readonly messaging: Messaging
  /** `endpoint` is for functions; the local cloud's own calls are never refused. */
  readonly dynamodb: { readonly endpoint: string; readonly call: AwsCall; readonly throttle: Throttle | undefined }
  /** Undefined where the template has none. */
  readonly database: Database | undefined
}

/** Starts them side by side; each is stopped with what was opened. */
export async function startEmulators(
  { folder, kept, region, options, onProgress }: Ground,
  needsDatabase: boolean,
  opened: AsyncDisposableStack,
): Promise<Emulators> {
  const { databaseUrl, throttles } = options
  const start = async <T extends { stop(): Promise<void> }>(step: string, starting: () => Promise<T>) => {
    const started = await timed(step, starting, onProgress)
    opened.defer(() => started.stop())
    return started
  }
  const [messaging, dynoxide, database] = await settled([
    start('SNS and SQS', () => startMessaging(region)),
    start('DynamoDB', () => startDynoxide({ file: join(folder, 'dynamodb.db') })),
    needsDatabase
      ? start('PostgreSQL', async () => (databaseUrl ? givenDatabase(databaseUrl) : startDatabase(folder, kept)))
      : undefined,
  ])
  const throttle = throttles ? await startThrottle(dynoxide.endpoint) : undefined
  if (throttle) opened.defer(throttle.stop)
  const call = awsJson(dynoxide.endpoint, region, 'dynamodb')
  return { messaging, dynamodb: { endpoint: throttle?.url ?? dynoxide.endpoint, call, throttle }, database }
}

/** Does something, and tells how long it took. */
export async function timed<T>(
  step: string,
  work: () => Promise<T>,
  onProgress: (progress: Progress) => void,
): Promise<T> {
  const start = performance.now()
  onProgress({ step, milliseconds: undefined })
  const result = await work()
  onProgress({ step, milliseconds: Math.round(performance.now() - start) })
  return result
}

/** When one fails, the others are waited for: what they have started has to be stopped. */
async function settled<T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work)
  return Promise.all(work)
}
