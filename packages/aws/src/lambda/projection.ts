import { startConsumer } from './consumer/consumer.ts'
import { type QueueHandler, queueHandler } from './consumer/handler.ts'
import { projectionWork } from './projection/work.ts'
import type { Application } from './setup/application.ts'
import { type FunctionOptions, settingsOf } from './setup/options.ts'

/**
 * The handler of the functions `projection`: folds what there is in the lanes that doorbells name.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = projection(application)
 */
export function projection(application: Application, options: FunctionOptions = {}): QueueHandler {
  const settings = settingsOf(options)
  return queueHandler(() => startConsumer(application, settings), projectionWork(settings), settings)
}
