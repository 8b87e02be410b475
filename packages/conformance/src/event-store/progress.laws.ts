import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { append, one } from '../builders.ts'
import type { Subject } from '../subject.ts'

export function progressLaws(subject: Subject): void {
  it('in an empty store there is nothing to do', async () => {
    const { events } = subject
    expect(await events.progress(undefined)).toEqual({ done: 0, total: 0 })
    expect(await events.progress(await events.feedEnd())).toEqual({ done: 0, total: 0 })
  })

  it('it begins with nothing, never goes back, and all is done at the end of the feed', async () => {
    const { events } = subject
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }), async (counts) => {
        await events.append(counts.map((count, index) => one(`order-${index % 3}`, 'any', count)))
        const { total } = await events.progress(undefined)
        expect((await events.progress(undefined)).done).toBe(0)
        let latest = 0
        for (let cursor: string | undefined, more = true; more; ) {
          const page = await events.readFeed(cursor, 5)
          cursor = page.cursor
          more = page.more
          const { done } = await events.progress(cursor)
          expect(done).toBeGreaterThanOrEqual(latest)
          expect(done).toBeLessThanOrEqual(total)
          latest = done
        }
        expect(latest).toBe(total)
      }),
      { numRuns: Math.ceil(20 / subject.every) },
    )
  })

  it('what is appended is more to do, also after a restart', async () => {
    await append(subject.events, one('order-1', 'any', 3))
    const end = await subject.events.feedEnd()
    const before = await subject.events.progress(end)
    await subject.reopen()
    expect(await subject.events.progress(end)).toEqual(before)
    await append(subject.events, one('order-1', 'any', 4))
    const after = await subject.events.progress(end)
    expect(after.done).toBe(before.done)
    expect(after.total).toBeGreaterThan(before.total)
  })
}
