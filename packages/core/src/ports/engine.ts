import type { EventStore } from './event-store.ts'
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

/** A store that cannot be opened or used, in words that say what to do next. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
