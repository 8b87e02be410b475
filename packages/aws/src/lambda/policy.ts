import { startConsumer } from './consumer/consumer.ts'
import { type QueueHandler, queueHandler } from './consumer/handler.ts'
import { policyWork } from './policy/work.ts'
import { eventBridge } from './public-events/event-bridge.ts'
import type { Application } from './setup/application.ts'
import { type FunctionOptions, settingsOf } from './setup/options.ts'

/**
 * The handler of the functions `policy`: reacts to what there is for a policy, when a doorbell or a message to its timer
 * queue comes.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = policy(application)
 */
export function policy(application: Application, options: FunctionOptions = {}): QueueHandler {
  const settings = settingsOf(options)
  const { EVENT_BUS_NAME: name } = settings.environment
  const bus = name ? eventBridge(name) : undefined
  return queueHandler(() => startConsumer(application, settings, bus), policyWork(settings), settings)
}
