import { describe, expect, it } from 'vitest'
import { append, command, located, one, part, readAll } from './builders.ts'
import { changes, deferred, document, fill, ids, openModel } from './read-model-store/models.ts'
import type { SetUp } from './subject.ts'
import { useSubject } from './subject.ts'

/**
 * The laws of the `Engine` port, as tests: what holds from one opening of a store to the next.
 *
 * @param name the engine's name, for the titles
 * @param setUp makes a fresh store for each test
 */
export function engineLaws(name: string, setUp: SetUp): void {
  describe(`engine: ${name}`, () => {
    const subject = useSubject(setUp)

    it('can be used when it is open', async () => {
      await expect(subject.engine.check()).resolves.toBeUndefined()
    })

    it('G8 a store keeps its id and epoch; another store has others', async () => {
      const { storeId, epoch } = subject.engine
      await subject.reopen()
      expect([subject.engine.storeId, subject.engine.epoch]).toEqual([storeId, epoch])
      const other = await setUp()
      expect(other.engine.storeId).not.toBe(storeId)
      expect(other.engine.epoch).not.toBe(epoch)
      await other.dispose()
    })

    it('two stores have nothing in common', async () => {
      const other = await setUp()
      await append(other.engine.events, { streams: [part('order-1', 'any')], commands: [command('key-1')] })
      const { generation } = await fill(other.engine.readModels, [document('1')])
      expect(await readAll(subject.events, 'order-1')).toEqual([])
      expect(await subject.events.findCommand('key-1')).toBeUndefined()
      const own = await openModel(subject.readModels)
      expect(await ids(subject.readModels, own.generation)).toEqual([])
      expect(await ids(other.engine.readModels, generation)).toEqual(['1'])
      await other.dispose()
    })

    it('G3 what was appended is there after a restart, and the log goes on behind it', async () => {
      await append(subject.events, one('order-1', 'absent', 2))
      const { cursor } = await subject.events.readFeed(undefined, 10)
      await append(subject.events, one('order-1', 2, 3))
      const before = await readAll(subject.events, 'order-1')
      await subject.reopen()
      expect(await readAll(subject.events, 'order-1')).toEqual(before)
      expect((await append(subject.events, one('order-1', 4))).outcome).toBe('conflict')
      expect((await append(subject.events, one('order-1', 5))).outcome).toBe('appended')
      const { commits, more } = await subject.events.readFeed(cursor, 10)
      expect(commits.map(({ version }) => version)).toEqual([3, 6])
      expect(more).toBe(false)
    })

    it('G6 a command that was settled before a restart is a duplicate after it', async () => {
      const buy = { streams: [part('order-1', 'any')], commands: [command('key-1')] }
      await append(subject.events, buy)
      await subject.reopen()
      expect(await append(subject.events, buy)).toEqual({ outcome: 'duplicate', commandId: 'key-1' })
      expect(await subject.events.findCommand('key-1')).toEqual(command('key-1'))
    })

    it('G8 positions and cursors mean the same after a restart', async () => {
      const first = one('order-1', 'absent')
      const result = await append(subject.events, first)
      const end = await subject.events.feedEnd()
      await subject.reopen()
      expect(subject.events.covers(end, await located(subject.events, first, result))).toBe(true)
      const second = one('order-1', 1)
      const later = await located(subject.events, second, await append(subject.events, second))
      expect(subject.events.covers(end, later)).toBe(false)
    })

    it('G4 read models go on after a restart where they were; who held them before is fenced', async () => {
      const { generation, lease } = await fill(subject.readModels, [document('1', { date: 'x' })])
      const event = deferred('payment-1', 3, '9')
      await subject.readModels.save(generation, lease, changes({ cursor: '7', waiting: [event] }))
      await subject.reopen()
      expect(await ids(subject.readModels, generation)).toEqual(['1'])
      const opened = await openModel(subject.readModels)
      expect(opened).toMatchObject({ generation, cursor: '7' })
      expect(await subject.readModels.loadWaiting(generation)).toEqual([event])
      expect(await subject.readModels.save(generation, lease, changes())).toBe('fenced')
    })
  })
}
