import { clockLaws } from '@weir/conformance'
import { describe, expect, test } from 'vitest'
import { virtualClock } from './virtual-clock.ts'

clockLaws('virtual', () => {
  const clock = virtualClock()
  return { clock, pass: (milliseconds) => clock.advance(milliseconds) }
})

describe('a virtual clock', () => {
  test('stands still until it is told to go on', async () => {
    const clock = virtualClock('2030-05-01T12:00:00Z')
    const noon = Date.parse('2030-05-01T12:00:00Z')
    expect(clock.now()).toBe(noon)
    await clock.settle()
    expect(clock.now()).toBe(noon)
    await clock.advance(1500)
    expect(clock.now()).toBe(noon + 1500)
  })

  test('runs what is due in order, each callback at its own time', async () => {
    const clock = virtualClock(0)
    const log: string[] = []
    const note = (name: string) => () => log.push(`${name} at ${clock.now()}`)
    clock.after(20, note('third'))
    clock.after(10, () => {
      note('first')()
      clock.soon(note('soon'))
      clock.after(5, note('second'))
    })
    clock.after(20, note('fourth'))
    clock.after(21, note('never'))
    await clock.advance(20)
    expect(log).toEqual(['first at 10', 'soon at 10', 'second at 15', 'third at 20', 'fourth at 20'])
  })

  test('lets promises settle between two callbacks', async () => {
    const clock = virtualClock(0)
    const log: string[] = []
    clock.soon(async () => {
      for (let turn = 0; turn < 50; turn += 1) await undefined
      log.push('promise')
    })
    clock.soon(() => log.push('soon'))
    await clock.settle()
    expect(log).toEqual(['promise', 'soon'])
  })

  test('takes work to its end, however long it waits', async () => {
    const clock = virtualClock(0)
    const pause = (milliseconds: number) => new Promise<void>((resolve) => clock.after(milliseconds, resolve))
    const work = async () => {
      for (let turn = 0; turn < 24; turn += 1) await pause(3_600_000)
      return `a day later: ${clock.now()}`
    }
    expect(await clock.run(work())).toBe('a day later: 86400000')
    await expect(clock.run(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  test('stands still again as soon as work has come to its end', async () => {
    const clock = virtualClock(0)
    const log: string[] = []
    clock.after(10, () => log.push('not yet'))
    await clock.run(Promise.resolve())
    await clock.run(new Promise<void>((resolve) => clock.soon(resolve)))
    expect([clock.now(), log]).toEqual([0, []])
  })

  test('lets real input and output come to its end before time moves', async () => {
    const clock = virtualClock(0)
    clock.after(10, () => {})
    expect(await clock.run(new Response('a body').text())).toBe('a body')
    expect(clock.now()).toBe(0)
  })

  test('says so when work cannot come to an end', async () => {
    await expect(virtualClock().run(new Promise(() => {}))).rejects.toThrow('Nothing is left to run')
  })
})
