import type { Cursor, EventStore } from './event-store.ts'
import type { ReadModelStore } from './read-model-store.ts'
import type { Roster } from './roster.ts'

/**
 * Where one application keeps its data. An engine implements the ports for one store; several applications have one
 * store each.
 */
export interface Engine {
  /** Names this store: stays with the data for as long as it is the same history. Consistency tokens carry it. */
  readonly storeId: string
  /** Changes when the data was restored or copied elsewhere, so that tokens of the other history are refused. */
  readonly epoch: string
  readonly events: EventStore
  readonly readModels: ReadModelStore
  /** The processes that use this store; undefined where that is one at a time. */
  readonly roster: Roster | undefined
  /** Into how many partitions the streams of a projection are divided that is made now. */
  readonly partitions: number
  /** Whether the storage can be used now; rejects with the reason when it cannot. */
  check(): Promise<void>
  /** Flushes and closes. No other call may follow. */
  close(): Promise<void>
}

/** Opens the store of the application with this name. */
export type OpenEngine = (application: string) => Promise<Engine>

/** Whose events read models are made of, that are kept elsewhere than these. */
export interface EventSource {
  /** See `Engine`. */
  readonly storeId: string
  readonly epoch: string
  /** Whether who stands at `cursor` of the feed has been given all that who stands at `other` has; undefined: its start. */
  isAtLeast(cursor: Cursor | undefined, other: Cursor | undefined): boolean
}

/** Where an engine keeps what is made of its events, when that is not with them. */
export interface ReadModels extends Pick<Engine, 'readModels' | 'roster' | 'check' | 'close'> {}

/**
 * Opens the read models of the application with this name.
 *
 * @throws EngineError when they were made of the events of another store, or of another epoch: cursors mean nothing there
 */
export type OpenReadModels = (application: string, source: EventSource) => Promise<ReadModels>

/** A store that cannot be opened or used, in words that say what to do next. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
