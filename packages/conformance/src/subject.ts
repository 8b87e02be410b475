import { afterEach, beforeEach } from 'vitest'
import type { Engine, EventStore, ReadModelStore } from 'weir/ports'

/** An engine on a store of its own, and what the laws must be able to do to it. */
export interface EngineUnderTest {
  readonly engine: Engine
  /** Closes the engine and opens another on the same store. */
  reopen(): Promise<Engine>
  /** Closes what is open and removes the store. */
  dispose(): Promise<void>
}

/** Makes a store that is empty and shared with no other, and opens an engine on it. */
export type SetUp = () => Promise<EngineUnderTest>

/** What a law sees of the engine: always the one that is open now. */
export interface Subject {
  readonly engine: Engine
  readonly events: EventStore
  readonly readModels: ReadModelStore
  /** Of what is tried very often, only so many times less is: on engines that take their time. */
  readonly every: number
  reopen(): Promise<void>
}

/** Gives each test of the surrounding `describe` an engine on a fresh store. */
export function useSubject(setUp: SetUp, every = 1): Subject {
  let current: { test: EngineUnderTest; engine: Engine } | undefined
  beforeEach(async () => {
    const test = await setUp()
    current = { test, engine: test.engine }
  })
  afterEach(async () => {
    await current?.test.dispose()
    current = undefined
  })
  const opened = () => {
    if (!current) throw new Error('An engine is there only while a test runs.')
    return current
  }
  return {
    every,
    get engine() {
      return opened().engine
    },
    get events() {
      return opened().engine.events
    },
    get readModels() {
      return opened().engine.readModels
    },
    reopen: async () => {
      opened().engine = await opened().test.reopen()
    },
  }
}
