import type { AppStatus, PolicyStatus, ProjectionStatus } from '../api/shapes.ts'
import { compact, counted, percent } from '../words/numbers.ts'

/** `bad` needs somebody, `busy` will be well by itself. */
type Level = 'ok' | 'busy' | 'bad'

/** How something stands, in a word or two. */
export interface Standing {
  readonly level: Level
  readonly text: string
}

const worse: readonly Level[] = ['ok', 'busy', 'bad']

/** How a projection stands: what needs somebody comes before what goes on by itself. */
export function projectionStanding({ error, parked, rebuild, frozen, current, lag }: ProjectionStatus): Standing {
  if (error !== undefined) return { level: 'bad', text: 'not going on' }
  if (rebuild?.state === 'blocked') return { level: 'bad', text: 'rebuild blocked' }
  if (rebuild?.state === 'failed') return { level: 'bad', text: 'rebuild failed' }
  if (parked > 0) return { level: 'bad', text: `${counted(parked, 'stream')} parked` }
  if (rebuild?.state === 'running')
    return { level: 'busy', text: `rebuilding, ${percent(rebuild.done, rebuild.total)} %` }
  if (rebuild?.state === 'stopped') return { level: 'busy', text: 'rebuild stopped' }
  if (frozen) return { level: 'busy', text: 'frozen' }
  if (!current) return { level: 'busy', text: 'catching up' }
  return lag > 0 ? { level: 'busy', text: `${compact(lag)} behind` } : { level: 'ok', text: 'current' }
}

/** How a policy stands. */
export function policyStanding({ error, parked, lag, pending }: PolicyStatus): Standing {
  if (error !== undefined) return { level: 'bad', text: 'not going on' }
  if (parked > 0) return { level: 'bad', text: `${counted(parked, 'stream')} parked` }
  if (lag > 0) return { level: 'busy', text: `${compact(lag)} behind` }
  return pending > 0 ? { level: 'busy', text: `${compact(pending)} at work` } : { level: 'ok', text: 'up to date' }
}

/** How an application stands: as the worst of its parts. */
export function appStanding({ projections, policies }: AppStatus): Standing {
  const all = [...projections.map(projectionStanding), ...policies.map(policyStanding)]
  const worst = all.reduce<Level>(
    (level, one) => (worse.indexOf(one.level) > worse.indexOf(level) ? one.level : level),
    'ok',
  )
  const text = { ok: 'Healthy', busy: 'Working', bad: 'Needs attention' }
  return { level: worst, text: text[worst] }
}

/** Streams and timers that wait for repair. */
export function parkedIn({ projections, policies }: AppStatus): number {
  return [...projections, ...policies].reduce((sum, { parked }) => sum + parked, 0)
}

/** Whether something moves that one wants to see move. */
export function isMoving({ projections }: AppStatus): boolean {
  return projections.some(({ rebuild }) => rebuild?.state === 'running')
}
