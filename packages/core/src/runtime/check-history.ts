import type { App } from '../definitions/index.ts'
import { type Clock, type Engine, type Progress, systemClock } from '../ports/index.ts'
import { EventCheck, type EventFinding } from './check-events.ts'
import { checkPolicies, type PolicyFinding } from './check-policies.ts'
import { ProjectionCheck, type ProjectionReport } from './check-projection.ts'

/**
 * A dry run of an application's definitions against what is recorded.
 *
 * 1. The store is only read, so one that was opened for reading is enough.
 * 2. A projection is folded as far as the generation that serves has come, and its documents are compared then. So the
 *    engine has to show one moment: what is folded while this runs would look like a difference.
 */
export interface HistoryReport {
  /** How many events there are. */
  readonly events: number
  /** What is wrong with events, each kind once; none: every one can be read. */
  readonly findings: readonly EventFinding[]
  readonly projections: readonly ProjectionReport[]
  /** What policies are to do and cannot; none: all is there that timers and parked streams need. */
  readonly policies: readonly PolicyFinding[]
}

export interface CheckOptions {
  readonly engine: Engine
  readonly clock?: Clock
  /** Told after every page of the feed. */
  readonly onProgress?: (progress: Progress) => void
}

const COMMITS_IN_A_PAGE = 500

/**
 * Reads every event through the definitions, and folds every projection anew: in memory, which has to hold all documents.
 *
 * @throws whatever the engine fails with
 * @example
 * const engine = await sqliteEngine({ directory: 'data', readOnly: true, pinned: true })('box-office')
 * const { findings, projections } = await checkHistory(boxOffice, { engine })
 */
export async function checkHistory(app: App, options: CheckOptions): Promise<HistoryReport> {
  const { engine, clock = systemClock, onProgress } = options
  const events = new EventCheck(app.aggregates)
  const begun = app.projections.map((projection) => ProjectionCheck.begin(projection, engine, clock))
  const projections = await Promise.all(begun)
  const { total } = await engine.events.progress(undefined)
  for (let cursor: string | undefined, more = true, done = 0; more; ) {
    const page = await engine.events.readFeed(cursor, COMMITS_IN_A_PAGE)
    for (const commit of page.commits) events.check(commit)
    for (const projection of projections) await projection.fold(page)
    for (const { count } of page.commits) done += count
    onProgress?.({ done, total: Math.max(done, total) })
    cursor = page.cursor
    more = page.more
  }
  const reports = await Promise.all(projections.map((projection) => projection.report()))
  const policies = await checkPolicies(app, engine.readModels)
  return { events: events.count, findings: events.findings(), projections: reports, policies }
}
