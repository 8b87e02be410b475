import type { Context } from 'aws-lambda'
import { systemClock } from 'weir/ports'
import { type Feed, openFeeds } from './publisher/feeds.ts'
import type { Application } from './setup/application.ts'
import { deadlineWithin } from './setup/deadline.ts'
import { once } from './setup/once.ts'
import { type FunctionOptions, type Settings, settingsOf } from './setup/options.ts'

/** What a schedule calls, that looks for what was never placed. */
export type ReconcileHandler = (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<void>

/**
 * The handler of the function `reconcile`: reads the tables of commits for what nobody has placed, places it and rings. The
 * stream of a table keeps what its publisher could not place for a day: only what is older is left to this.
 *
 * 1. A table that could not be read to its end in one call is gone on with by the next of the same process.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = reconcile(application)
 */
export function reconcile(application: Application, options: FunctionOptions = {}): ReconcileHandler {
  const settings = settingsOf(options)
  const opened = once(() => openFeeds(application, settings))
  const rests = new Map<string, string>()
  return async (_, context) => {
    const signal = AbortSignal.timeout(deadlineWithin(context) - systemClock.now())
    for (const feed of await opened()) await reconcileOne(feed, { rests, signal, settings })
  }
}

interface Work {
  readonly rests: Map<string, string>
  readonly signal: AbortSignal
  readonly settings: Settings
}

async function reconcileOne({ app, placing, bell }: Feed, { rests, signal, settings }: Work): Promise<void> {
  const { pages, rest } = await placing.reconcile({ rest: rests.get(app), signal })
  if (rest === undefined) rests.delete(app)
  else rests.set(app, rest)
  if (rest !== undefined) settings.logger.warn({ app }, 'there was no time to read the table of commits to its end')
  if (pages.length === 0) return
  settings.logger.warn({ app, pages: pages.length }, 'commits that nobody had placed were placed: see the publisher')
  if (!(await bell.ring(pages))) settings.logger.warn({ app }, 'the sweep has to ring for them')
}
