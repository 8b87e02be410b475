import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { openFeeds } from './publisher/feeds.ts'
import type { Application } from './setup/application.ts'
import { once } from './setup/once.ts'
import { type FunctionOptions, type Settings, settingsOf } from './setup/options.ts'

/** What the stream of a table calls. */
export type StreamHandler = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>

/**
 * The handler of the function `publisher`: makes commits part of the feed, and rings for the pages that they are in.
 *
 * 1. (G3) A batch of which something could not be placed or rung comes again as a whole, until it could: to place and to ring
 *    again does no harm. Meanwhile the sweep rings for what was placed.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = publisher(application)
 */
export function publisher(application: Application, options: FunctionOptions = {}): StreamHandler {
  const settings = settingsOf(options)
  const opened = once(() => openFeeds(application, settings))
  return async (event) => {
    const isDone = await publish(event, opened, settings)
    const first = event.Records[0]?.dynamodb?.SequenceNumber
    return { batchItemFailures: isDone || first === undefined ? [] : [{ itemIdentifier: first }] }
  }
}

async function publish(
  event: DynamoDBStreamEvent,
  opened: () => ReturnType<typeof openFeeds>,
  { logger }: Settings,
): Promise<boolean> {
  try {
    const [feed] = await opened()
    if (!feed) return false
    return await feed.bell.ring(await feed.placing.placeRecords(event.Records))
  } catch (err) {
    logger.error({ err }, 'commits could not be placed in the feed, and come again')
    return false
  }
}
