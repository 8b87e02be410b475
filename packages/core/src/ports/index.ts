export type { Cancel, Clock } from './clock.ts'
export type { Engine, EventSource, OpenEngine, OpenReadModels, ReadModels } from './engine.ts'
export { EngineError } from './engine.ts'
export type {
  Append,
  AppendLimits,
  AppendResult,
  CommandRecord,
  Commit,
  Cursor,
  EventStore,
  Expectation,
  FeedCommit,
  FeedPage,
  FeedPart,
  Position,
  Progress,
  Snapshot,
  StreamAppend,
  StreamHead,
} from './event-store.ts'
export { noLimits } from './event-store.ts'
export type { Identity } from './identity.ts'
export type { Logger } from './logger.ts'
export { silentLogger } from './logger.ts'
export { partitionOf, slotOf } from './partition.ts'
export { endOfPrefix } from './prefix.ts'
export type {
  Changes,
  DiscardedEvent,
  DocumentPage,
  Filter,
  Generation,
  GenerationRecord,
  ListQuery,
  ModelDefinition,
  OpenedPartition,
  Partition,
  ReadModelStore,
  Scalar,
  SeenDocument,
  StoredDocument,
  WaitingEvent,
} from './read-model-store.ts'
export type { Attendance, Roster } from './roster.ts'
export { systemClock, systemIdentity, systemStopwatch } from './system.ts'
