import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { ProjectionReport } from 'weir/runtime'
import type { AppReport } from './check.ts'
import { isClean } from './findings.ts'
import { linesOf } from './report.ts'

test('what was recorded is shown, and does not steer the terminal', () => {
  const hostile = '\x1b]0;title\x07\u202e\x9b2J'
  const lines = linesOf(
    {
      app: 'shop',
      events: 3,
      findings: [
        {
          aggregate: hostile,
          type: hostile,
          schemaVersion: 1,
          problem: hostile,
          count: 1,
          first: `${hostile}@1`,
          isReadAsRecorded: true,
        },
      ],
      projections: [
        {
          name: 'orders',
          definition: 'unchanged',
          documents: 1,
          missing: 0,
          extra: 0,
          different: 1,
          sample: [{ id: hostile, kind: 'different', fields: [{ path: hostile, stored: hostile, folded: [hostile] }] }],
          newlyParked: [{ stream: hostile, version: 1, error: hostile }],
          noLongerParked: [hostile],
        },
      ],
      policies: [
        { policy: hostile, command: hostile, timers: 1, streams: 0 },
        { policy: hostile, command: undefined, timers: 0, streams: 1 },
      ],
    },
    [],
  )
  const text = lines.join('\n')
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
  expect(text.match(/\\u\{202e\}/g)).toHaveLength(15)
})

const projection: ProjectionReport = {
  name: 'orders',
  definition: 'unchanged',
  documents: 0,
  missing: 0,
  extra: 0,
  different: 0,
  sample: [],
  newlyParked: [],
  noLongerParked: [],
}
const clean: AppReport = { app: 'shop', events: 3, findings: [], projections: [], policies: [] }

const textOf = (report: Partial<AppReport>) => stripVTControlCharacters(linesOf({ ...clean, ...report }, []).join('\n'))

test('documents that nothing makes any more are told as what is stored', () => {
  const text = textOf({ projections: [{ ...projection, extra: 4 }] })
  expect(text).toContain('orders: 4 documents stored, none made anew')
})

test('data that does not fit its schema is read on, and a new version is the way out', () => {
  const finding = { aggregate: 'order', type: 'Placed', schemaVersion: 1, problem: 'cents: is missing' }
  const wrong = { ...finding, count: 1, first: 'order-1@1' }
  const advice = 'still read as it is recorded: declare a new version with versions(…).upcast(…)'
  expect(textOf({ findings: [{ ...wrong, isReadAsRecorded: true }] })).toContain(advice)
  expect(textOf({ findings: [{ ...wrong, isReadAsRecorded: false }] })).not.toContain(advice)
})

test('what policies are to do and cannot is a finding', () => {
  const policies = [
    { policy: 'lapsing', command: 'order.lapse', timers: 1, streams: 0 },
    { policy: 'noting', command: undefined, timers: 2, streams: 1 },
  ]
  const text = textOf({ policies })
  expect(text).toContain("1 timer of 'lapsing' calls order.lapse, which is gone")
  expect(text).toContain("the policy 'noting' is gone, and has left 2 timers and 1 stream")
  expect(isClean({ ...clean, policies }, [])).toBe(false)
  expect(isClean(clean, [])).toBe(true)
})
