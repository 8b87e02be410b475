import { describe, expect, test } from 'vitest'
import type { PolicyStatus, ProjectionStatus, RebuildStatus } from '../api/shapes.ts'
import { appStanding, isMoving, parkedIn, policyStanding, projectionStanding } from './health.ts'

const projection = (given: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  name: 'orders',
  generation: 1,
  current: true,
  frozen: false,
  error: undefined,
  parked: 0,
  deferred: 0,
  lag: 0,
  rebuild: undefined,
  previous: undefined,
  ...given,
})

const policy = (given: Partial<PolicyStatus> = {}): PolicyStatus => ({
  name: 'charge-card',
  error: undefined,
  pending: 0,
  parked: 0,
  lag: 0,
  timers: 0,
  ...given,
})

const rebuild = (state: RebuildStatus['state']) => ({ state, done: 1, total: 3 }) as RebuildStatus

describe('a projection', () => {
  test.each<[Partial<ProjectionStatus>, string, string]>([
    [{}, 'ok', 'current'],
    [{ lag: 1200 }, 'busy', '1.2K behind'],
    [{ current: false }, 'busy', 'catching up'],
    [{ frozen: true, rebuild: rebuild('running') }, 'busy', 'rebuilding, 33 %'],
    [{ frozen: true, rebuild: rebuild('stopped') }, 'busy', 'rebuild stopped'],
    [{ rebuild: rebuild('done') }, 'ok', 'current'],
    [{ rebuild: rebuild('blocked'), parked: 1 }, 'bad', 'rebuild blocked'],
    [{ parked: 2, lag: 4 }, 'bad', '2 streams parked'],
    [{ error: 'the disk is full', parked: 2 }, 'bad', 'not going on'],
  ])('%j is %s: %s', (given, level, text) => {
    expect(projectionStanding(projection(given))).toEqual({ level, text })
  })
})

test('a policy that waits for its next attempt is at work, not in trouble', () => {
  expect(policyStanding(policy({ pending: 3 }))).toEqual({ level: 'busy', text: '3 at work' })
  expect(policyStanding(policy({ pending: 3, parked: 1 }))).toEqual({ level: 'bad', text: '1 stream parked' })
})

test('an application stands as its worst part does', () => {
  const [well, parked] = [projection(), projection({ parked: 2 })]
  expect(appStanding({ projections: [well], policies: [policy()], timers: [] }).text).toBe('Healthy')
  expect(appStanding({ projections: [well], policies: [policy({ lag: 1 })], timers: [] }).text).toBe('Working')
  const status = { projections: [well, parked], policies: [policy({ parked: 1 })], timers: [] }
  expect(appStanding(status).text).toBe('Needs attention')
  expect(parkedIn(status)).toBe(3)
  expect(isMoving(status)).toBe(false)
})
