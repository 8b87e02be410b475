import type { Context } from 'aws-lambda'
import { systemClock } from 'weir/ports'
import { type Feed, openFeeds } from './publisher/feeds.ts'
import type { Application } from './setup/application.ts'
import { deadlineWithin } from './setup/deadline.ts'
import { once } from './setup/once.ts'
import { type FunctionOptions, type Settings, settingsOf } from './setup/options.ts'

/** How far the table of commits of an application was read, and how much was found in it. */
export interface ReconcileProgress {
  /** Whether it was read to its end; else the next call goes on. */
  readonly isDone: boolean
  /** How many commits were read since the start of the table, by this call and those before it that were stopped. */
  readonly read: number
  /** About how many commits there are. */
  readonly of: number
  /** How many pages of the feed were placed by this call, of commits that nobody had placed. */
  readonly placed: number
}

/** What a schedule calls, that looks for what was never placed; it answers for each application. */
export type ReconcileHandler = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<Record<string, ReconcileProgress>>

/**
 * The handler of the function `reconcile`: reads the tables of commits for what nobody has placed, places it and rings. The
 * stream of a table keeps what its publisher could not place for a day: only what is older is left to this. In tables that
 * were restored it puts back what their index has lost of records of commands.
 *
 * 1. A table that could not be read to its end in one call is gone on with by the next, of any process.
 * 2. Applications are read side by side: none waits for the table of another.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = reconcile(application)
 */
export function reconcile(application: Application, options: FunctionOptions = {}): ReconcileHandler {
  const settings = settingsOf(options)
  const opened = once(() => openFeeds(application, settings))
  return async (_, context) => {
    const signal = AbortSignal.timeout(Math.max(0, deadlineWithin(context) - systemClock.now()))
    const feeds = await opened()
    const results = await Promise.allSettled(feeds.map((feed) => reconcileOne(feed, signal, settings)))
    return Object.fromEntries(
      results.map((result, index) => {
        if (result.status === 'rejected') throw result.reason
        return [feeds[index]?.app ?? '', result.value]
      }),
    )
  }
}

async function reconcileOne(
  { app, placing, bell }: Feed,
  signal: AbortSignal,
  { logger }: Settings,
): Promise<ReconcileProgress> {
  const { pages, ...progress } = await placing.reconcile({ goesOn: true, signal })
  const { isDone, read, of } = progress
  if (isDone) logger.info({ app, read }, 'the table of commits was read to its end')
  else
    logger.warn({ app, read, of }, 'there was no time to read the table of commits to its end: the next call goes on')
  if (pages.length > 0) {
    logger.warn({ app, pages: pages.length }, 'commits that nobody had placed were placed: see the publisher')
    if (!(await bell.ring(pages))) logger.warn({ app }, 'the sweep has to ring for them')
  }
  return { ...progress, placed: pages.length }
}
