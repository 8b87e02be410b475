import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyAggregate, aggregate } from '../definitions/index.ts'
import { type EventStore, type Logger, type Snapshot, silentLogger } from '../ports/index.ts'
import { UndecodableEventError } from './errors.ts'
import { StateStore } from './state-store.ts'
import { broken, World } from './world.fixture.ts'

const stateSchema = z.object({ total: z.int() })

/** A counter that keeps a snapshot every 10 events; `each` is what an event counts. */
function counter(options: { schema?: z.ZodType<{ total: number }>; revision?: number; each?: number } = {}) {
  const { schema = stateSchema, revision = 1, each = 1 } = options
  const Counter: AnyAggregate = aggregate('counter', {
    events: { Counted: z.object({}) },
    initialState: { total: 0 },
    snapshot: { schema, revision, every: 10 },
  })
    .evolve({ Counted: ({ total }) => ({ total: total + each }) })
    .commands({})
  return Counter
}

/** A store with so many events in one stream, and what is read of it. */
async function filled(count: number) {
  const world = await World.make()
  for (let version = 0; version < count; version += 1) await world.behind('counter-1', version, 'Counted', {})
  const reads: number[] = []
  const snapshots: Snapshot[] = []
  const events: EventStore = Object.assign(Object.create(world.events), {
    readStream: (stream: string, after: number, limit: number) => {
      reads.push(after)
      return world.events.readStream(stream, after, limit)
    },
    loadSnapshot: (stream: string, fingerprint: string) => world.events.loadSnapshot(stream, fingerprint),
    saveSnapshot: (stream: string, snapshot: Snapshot) => {
      snapshots.push(snapshot)
      return world.events.saveSnapshot(stream, snapshot)
    },
  })
  return { world, events, reads, snapshots, store: new StateStore(events, silentLogger, 100) }
}

const at = (version: number, total = version) => ({ version, state: { total } })

describe('a state', () => {
  test('is folded from the stream, up to its end or to a version, over many pages', async () => {
    const { store } = await filled(450)
    const plain: AnyAggregate = { ...counter(), snapshot: undefined }
    expect(await store.load(plain, 'counter-1')).toEqual(at(450))
    for (const version of [0, 1, 199, 200, 201, 450, 451]) {
      expect(await store.load(plain, 'counter-1', version)).toEqual(at(Math.min(version, 450)))
    }
    expect(await store.load(plain, 'counter-2')).toEqual(at(0))
  })

  test('G7 is not made of a history of which a version was lost', async () => {
    const { store, events } = await filled(5)
    const { readStream } = events
    events.readStream = async (...of) => (await readStream(...of)).filter(({ version }) => version !== 3)
    await expect(store.load(counter(), 'counter-1')).rejects.toThrow(/Version 3 of counter-1 is missing/)
    expect(await store.load(counter(), 'counter-1', 2)).toEqual(at(2))
  })

  test('is not read again for the version that is kept', async () => {
    const { store, reads } = await filled(3)
    await store.load(counter(), 'counter-1')
    const before = reads.length
    expect(await store.load(counter(), 'counter-1', 3)).toEqual(at(3))
    expect(reads).toHaveLength(before)
    expect(await store.load(counter(), 'counter-1', 2)).toEqual(at(2))
  })

  test('is kept when it was loaded at the end, and never replaced by an older one', async () => {
    const { store } = await filled(3)
    await store.load(counter(), 'counter-1', 2)
    expect(store.cached('counter-1')).toBeUndefined()
    const loading = store.load(counter(), 'counter-1')
    store.remember(counter(), 'counter-1', 3, at(4))
    await loading
    expect(store.cached('counter-1')).toEqual(at(4))
    store.forget('counter-1')
    expect(store.cached('counter-1')).toBeUndefined()
  })

  test('of a long stream is folded page by page, with a turn for others in between', async () => {
    const { events } = await filled(450)
    let turns = 0
    const store = new StateStore(events, silentLogger, 100, async () => {
      turns += 1
    })
    await store.load({ ...counter(), snapshot: undefined }, 'counter-1')
    expect(turns).toBe(2)
  })

  test('of large commits is folded with a turn for others in between, too', async () => {
    const world = await World.make()
    const events = Array.from({ length: 1000 }, (_, id) => ({ id, type: 'Counted', data: {}, commandId: id }))
    const payload = JSON.stringify({ at: '2030-01-01T00:00:00.000Z', events })
    for (const expected of ['absent', 1000, 2000] as const) {
      await world.events.append([{ streams: [{ stream: 'counter-1', expected, count: 1000, payload }], commands: [] }])
    }
    let turns = 0
    const store = new StateStore(world.events, silentLogger, 100, async () => {
      turns += 1
    })
    expect(await store.load({ ...counter(), snapshot: undefined }, 'counter-1')).toEqual(at(3000))
    expect(turns).toBeGreaterThanOrEqual(3)
  })

  test('is forgotten when more are kept than may be: what was used least recently goes first', () => {
    const store = new StateStore({} as EventStore, silentLogger, 3)
    for (const id of ['a', 'b', 'c']) store.remember(counter(), id, 0, at(1))
    store.cached('a')
    store.remember(counter(), 'd', 0, at(1))
    expect(['a', 'b', 'c', 'd'].filter((id) => store.cached(id))).toEqual(['a', 'c', 'd'])
  })

  test('of a history that the definitions cannot read cannot be known', async () => {
    const { world, store } = await filled(1)
    await world.behind('counter-1', 1, 'Vanished', {})
    await expect(store.load(counter(), 'counter-1')).rejects.toThrow(UndecodableEventError)
    expect(await store.load(counter(), 'counter-1', 1)).toEqual(at(1))
  })
})

describe('a snapshot', () => {
  test('is saved whenever a multiple of its distance is reached or passed', () => {
    const saved: number[] = []
    const save = async (_: string, { version }: Snapshot) => {
      saved.push(version)
    }
    const store = new StateStore({ saveSnapshot: save } as EventStore, silentLogger, 100)
    const steps = [5, 9, 10, 11, 19, 25, 40]
    for (const [index, version] of steps.entries()) store.remember(counter(), 'a', steps[index - 1] ?? 0, at(version))
    expect(saved).toEqual([10, 25, 40])
  })

  test('saves reading what lies before it', async () => {
    const { store, events, reads } = await filled(25)
    store.remember(counter(), 'counter-1', 15, at(20))
    const fresh = new StateStore(events, silentLogger, 100)
    expect(await fresh.load(counter(), 'counter-1')).toEqual(at(25))
    expect(reads).toEqual([20])
  })

  test('is not used for a version before it', async () => {
    const { store } = await filled(25)
    store.remember(counter(), 'counter-1', 15, at(20))
    expect(await store.load(counter(), 'counter-1', 12)).toEqual(at(12))
  })

  test.each<[string, AnyAggregate]>([
    ['of another revision', counter({ revision: 2, each: 2 })],
    ['of another schema', counter({ schema: z.object({ total: z.int().max(1_000_000) }), each: 2 })],
  ])('%s is ignored', async (_, changed) => {
    const { store, events } = await filled(25)
    store.remember(counter(), 'counter-1', 15, at(20))
    expect(await new StateStore(events, silentLogger, 100).load(changed, 'counter-1')).toEqual(at(25, 50))
  })

  test.each([
    ['does not fit its schema', '{"total":"many"}'],
    ['is no JSON', '{'],
  ])('that %s is ignored', async (_, state) => {
    const { store, events, snapshots } = await filled(25)
    store.remember(counter(), 'counter-1', 15, at(20))
    await events.saveSnapshot('counter-1', { ...(snapshots[0] as Snapshot), state })
    expect(await new StateStore(events, silentLogger, 100).load(counter(), 'counter-1')).toEqual(at(25))
  })

  test.each<[string, EventStore['saveSnapshot'], unknown]>([
    ['the store fails', broken, { total: 10 }],
    ['the state is no JSON', async () => {}, { total: 10n }],
  ])('that cannot be saved, because %s, harms nobody', async (_, saveSnapshot, state) => {
    const warnings: string[] = []
    const logger: Logger = { ...silentLogger, warn: (_fields, message) => warnings.push(message) }
    const store = new StateStore({ saveSnapshot } as EventStore, logger, 100)
    store.remember(counter(), 'a', 9, { version: 10, state })
    await expect.poll(() => warnings).toEqual(['a snapshot could not be saved'])
    expect(store.cached('a')).toMatchObject({ version: 10 })
  })

  test('changes nothing but time, wherever it was taken', async () => {
    const { events } = await filled(60)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 70 }), async (taken, version) => {
        const store = new StateStore(events, silentLogger, 100)
        store.remember(counter(), 'counter-1', taken - 10, at(taken))
        expect(await store.load(counter(), 'counter-1', version)).toEqual(at(Math.min(version, 60)))
      }),
    )
  })
})
