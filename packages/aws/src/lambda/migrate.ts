import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { databaseRoles, decodeApps } from '../contract/index.ts'
import { prepareDatabase } from './migrate/database.ts'
import { startRebuild } from './rebuild/start.ts'
import type { Application } from './setup/application.ts'
import { type Environment, required } from './setup/environment.ts'
import { type FunctionOptions, type Settings, settingsOf } from './setup/options.ts'
import { startOnDemand } from './setup/runtimes.ts'

/** What CDK's provider of custom resources calls; what it throws is told to CloudFormation as the reason. */
export type MigrateHandler = (event: CloudFormationCustomResourceEvent) => Promise<MigrateAnswer>

export interface MigrateAnswer {
  /** The same for the life of the stack: nothing is ever replaced. */
  readonly PhysicalResourceId: string
}

/**
 * The handler of the function `migrate`, called in each deployment: prepares the database and the tables for what was
 * deployed, makes its projections and policies known, and starts the rebuilds of those projections whose definition has
 * changed. Called again it does what is missing. When the stack is deleted, it leaves everything as it is.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = migrate(application)
 */
export function migrate(application: Application, options: FunctionOptions = {}): MigrateHandler {
  const settings = settingsOf(options)
  return async (event) => {
    const PhysicalResourceId = `weir-${required(settings.environment, 'WEIR_PREFIX')}`
    if (event.RequestType !== 'Delete') await prepare(application, settings)
    return { PhysicalResourceId }
  }
}

async function prepare(application: Application, settings: Settings): Promise<void> {
  const { logger } = settings
  const environment: Environment = { DATABASE_USER: databaseRoles.writer, ...settings.environment }
  const names = Object.keys(decodeApps(environment.WEIR_APPS))
  await prepareDatabase(environment, names)
  const running = await startOnDemand(application, { ...settings, environment })
  try {
    for (const { app, onDemand } of running) {
      const { rebuilds } = await onDemand.introduce()
      for (const projection of rebuilds) await startRebuild(environment, { app: app.name, projection })
      logger.info({ app: app.name, rebuilds }, 'the application is prepared')
    }
  } finally {
    await Promise.allSettled(running.map(({ runtime }) => runtime.stop()))
  }
}
