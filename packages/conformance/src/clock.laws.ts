import { describe, expect, it } from 'vitest'
import type { Clock } from 'weir/ports'

export interface ClockUnderTest {
  readonly clock: Clock
  /** Lets this much time go by: waits, or moves a simulated clock. */
  pass(milliseconds: number): Promise<void>
}

/**
 * The laws of the `Clock` port, as tests.
 *
 * @param name the clock's name, for the titles
 * @param setUp makes a clock for each test
 */
export function clockLaws(name: string, setUp: () => ClockUnderTest): void {
  describe(`clock: ${name}`, () => {
    it('time does not go back', async () => {
      const { clock, pass } = setUp()
      const start = clock.now()
      expect(clock.now()).toBeGreaterThanOrEqual(start)
      await pass(20)
      expect(clock.now()).toBeGreaterThanOrEqual(start + 19)
    })

    it('`soon` calls back once, later, and in the order given', async () => {
      const { clock, pass } = setUp()
      const called: number[] = []
      for (const each of [1, 2, 3]) clock.soon(() => called.push(each))
      expect(called).toEqual([])
      await pass(20)
      expect(called).toEqual([1, 2, 3])
    })

    it('`soon` lets promises that have settled go first', async () => {
      const { clock, pass } = setUp()
      const called: string[] = []
      clock.soon(() => called.push('soon'))
      const settled = (async () => {
        for (let turn = 0; turn < 10; turn += 1) await undefined
        called.push('promise')
      })()
      await settled
      await pass(20)
      expect(called).toEqual(['promise', 'soon'])
    })

    it('`after` calls back once, in its turn and not before its time', async () => {
      const { clock, pass } = setUp()
      const start = clock.now()
      const called: [string, number][] = []
      clock.after(50, () => called.push(['later', clock.now() - start]))
      clock.after(0, () => called.push(['sooner', clock.now() - start]))
      expect(called).toEqual([])
      await pass(100)
      expect(called.map(([which]) => which)).toEqual(['sooner', 'later'])
      expect(called[1]?.[1]).toBeGreaterThanOrEqual(49)
      await pass(100)
      expect(called).toHaveLength(2)
    })

    it('`after` does not call back once it was cancelled; to cancel again, or too late, does nothing', async () => {
      const { clock, pass } = setUp()
      let called = 0
      const callback = () => {
        called += 1
      }
      const cancelled = clock.after(10, callback)
      const late = clock.after(1, callback)
      cancelled()
      cancelled()
      await pass(40)
      late()
      expect(called).toBe(1)
    })
  })
}
