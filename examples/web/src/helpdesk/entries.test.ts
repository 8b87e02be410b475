import { expect, test } from 'vitest'
import { entriesOf, ticketOf } from './entries.ts'

test('each change is told with what was there before, the newest first', () => {
  const opened = { title: 'Fire', description: '', priority: 'high', status: 'open' } as const
  const at = '2030-05-01T09:00:00.000Z'
  const entries = entriesOf({
    entries: [
      { version: 1, at, changes: opened },
      { version: 2, at, changes: { status: 'in_progress' } },
      { version: 3, at, changes: { status: 'resolved', title: 'Smoke' } },
    ],
  })
  expect(entries.map(({ version, isOpening }) => [version, isOpening])).toEqual([
    [3, false],
    [2, false],
    [1, true],
  ])
  expect(entries[0]?.differences).toEqual([
    { field: 'title', title: 'Title', from: 'Fire', to: 'Smoke' },
    { field: 'status', title: 'Status', from: 'In progress', to: 'Resolved' },
  ])
})

test('a ticket is what all its changes have made of it', () => {
  const opened = { title: 'Fire', description: 'In the cellar', priority: 'high', status: 'open' } as const
  const [createdAt, updatedAt] = ['2030-05-01T09:00:00.000Z', '2030-05-01T10:00:00.000Z']
  const entries = [
    { version: 1, at: createdAt, changes: opened },
    { version: 2, at: updatedAt, changes: { status: 'resolved' } as const },
  ]
  expect(ticketOf({ id: 't-1', entries })).toEqual({ id: 't-1', ...opened, status: 'resolved', createdAt, updatedAt })
})
