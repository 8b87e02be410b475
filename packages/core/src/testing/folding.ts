import { deepFreeze } from '../definitions/deep-freeze.ts'
import { type AnyProjection, app, type RecordedEvent } from '../definitions/index.ts'
import { memoryEngine } from '../engines/memory/index.ts'
import type { Engine, WaitingEvent } from '../ports/index.ts'
import { encodeCommit, encodeEvent } from '../runtime/codec.ts'
import { type Runtime, startRuntime } from '../runtime/index.ts'
import { seededIdentity } from './seeded-identity.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** What events have become in a read model. */
export interface Folding {
  /** By id. */
  readonly documents: readonly object[]
  /** Events that could not be applied. */
  readonly waiting: readonly WaitingEvent[]
}

export interface FoldingOptions {
  /** How many events come at a time. */
  readonly batches: readonly number[]
  /** Whether the application is started anew before each batch, so that it goes on from what it has stored. */
  readonly restart: boolean
}

/** Folds events in this order as an application does: by the runtime, on a store of its own in memory. */
export async function fold(
  projection: AnyProjection,
  events: readonly RecordedEvent[],
  { batches, restart }: FoldingOptions,
): Promise<Folding> {
  const world = await open(frozen(projection))
  let place = 0
  for (const size of batches) {
    await world.append(events.slice(place, place + size))
    place += size
    if (restart) await world.restart()
  }
  return world.close()
}

/** The same projection, but its handlers cannot change what they are given. */
function frozen(projection: AnyProjection): AnyProjection {
  const handlers = projection.handlers.map(({ apply, documentId, ...handler }) => ({
    ...handler,
    documentId: (event: RecordedEvent) => documentId(deepFreeze(event)),
    apply: (document: unknown, event: RecordedEvent) => apply(deepFreeze(document), deepFreeze(event)),
  }))
  return { ...projection, handlers }
}

interface World {
  append(events: readonly RecordedEvent[]): Promise<void>
  restart(): Promise<void>
  close(): Promise<Folding>
}

async function open(projection: AnyProjection): Promise<World> {
  const clock = virtualClock()
  const identity = seededIdentity(1, clock)
  const engine = memoryEngine({ identity })
  const { events, readModels } = await engine('testing')
  const definition = app('testing', { routes: {}, projections: [projection] })
  // No command is executed: room for states would only take time.
  const start = () => startRuntime(definition, { engine, clock, identity, cachedStates: 1 })
  let runtime = await clock.run(start())
  return {
    append: async (batch) => {
      await append(events, batch)
      await clock.run(runtime.settled())
    },
    restart: async () => {
      await clock.run(runtime.stop())
      runtime = await clock.run(start())
    },
    close: async () => {
      const documents = await documentsOf(clock, runtime, projection)
      const number = (await runtime.operations.projections())[0]?.generation ?? 0
      const waiting = await readModels.loadWaiting({ model: projection.name, number })
      await clock.run(runtime.stop())
      return { documents, waiting }
    },
  }
}

async function append(store: Engine['events'], batch: readonly RecordedEvent[]): Promise<void> {
  const appends = batch.map((event) => {
    const encoded = encodeEvent(event.id, event.type, event.data, event, event.schemaVersion)
    const payload = encodeCommit(event.recordedAt, [encoded])
    return {
      streams: [{ stream: event.stream, expected: event.version - 1 || 'absent', count: 1, payload }],
      commands: [],
    }
  }) satisfies Parameters<Engine['events']['append']>[0]
  await store.append(appends)
}

async function documentsOf(clock: VirtualClock, runtime: Runtime, projection: AnyProjection): Promise<object[]> {
  const documents: object[] = []
  let cursor: string | undefined
  do {
    const page = await clock.run(runtime.list(projection, { limit: 1000, ...(cursor ? { cursor } : {}) }))
    documents.push(...(page.documents as object[]))
    cursor = page.next
  } while (cursor)
  return documents
}
