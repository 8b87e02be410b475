import { expect, it } from 'vitest'
import type { Append } from '../../ports/index.ts'
import { MemoryEventStore } from './event-store.ts'

const append = (stream: string, expected: 'absent' | 'any', count: number): Append => {
  return { streams: [{ stream, expected, count, payload: '[]' }], commands: [] }
}

it('progress counts every event that was appended, and none that was not', async () => {
  const events = new MemoryEventStore()
  await events.append([
    append('a', 'absent', 2),
    append('a', 'absent', 9),
    append('b', 'any', 3),
    append('a', 'any', 0),
  ])
  await events.append([append('a', 'any', 4)])
  expect(await events.progress('1')).toEqual({ done: 2, total: 9 })
  expect(await events.progress('2')).toEqual({ done: 5, total: 9 })
  expect(await events.progress(await events.feedEnd())).toEqual({ done: 9, total: 9 })
})
