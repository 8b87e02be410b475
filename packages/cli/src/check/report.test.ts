import { expect, test } from 'vitest'
import { linesOf } from './report.ts'

test('what was recorded is shown, and does not steer the terminal', () => {
  const hostile = '\x1b]0;title\x07\u202e\x9b2J'
  const lines = linesOf(
    {
      app: 'shop',
      events: 3,
      findings: [
        { aggregate: hostile, type: hostile, schemaVersion: 1, problem: hostile, count: 1, first: `${hostile}@1` },
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
    },
    [],
  )
  const text = lines.join('\n')
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
  expect(text.match(/\\u\{202e\}/g)).toHaveLength(12)
})
