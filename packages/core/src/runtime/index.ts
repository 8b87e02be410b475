export { documentsOf } from './check-documents.ts'
export type { EventFinding } from './check-events.ts'
export type { CheckOptions, HistoryReport } from './check-history.ts'
export { checkHistory } from './check-history.ts'
export type { PolicyFinding } from './check-policies.ts'
export type { DocumentDifference, ParkedStream, ProjectionReport } from './check-projection.ts'
export { faultsOf } from './commands.ts'
export { deriveCommandId, deriveId } from './derived-id.ts'
export type { FieldDifference } from './differences.ts'
export { BadRequestError, UnavailableError, UndecodableEventError } from './errors.ts'
export type {
  Causation,
  CausationNode,
  DocumentHistory,
  DocumentPage,
  DocumentQuery,
  EventPage,
  EventQuery,
  EventTail,
  ExploredEvent,
  Explorer,
  HistoryStep,
  StateAt,
  StreamPage,
  StreamQuery,
  TailFilter,
  TailItem,
  UndecodableEvent,
} from './explorer/explorer.ts'
export type {
  CallOptions,
  DueWork,
  FoldOutcome,
  NextDue,
  OnDemand,
  Prepared,
  Reacted,
  RebuildOutcome,
  SwitchOutcome,
  WorkOptions,
} from './on-demand.ts'
export type {
  DeadLetter,
  DeadLetterWithEvent,
  DiscardedLetter,
  DiscardOrder,
  LetterAddress,
  Operations,
  PolicyStatus,
  PreviousGeneration,
  ProjectionStatus,
  RebuildStatus,
  TimerStatus,
} from './operations.ts'
export { OperationRefused } from './operations.ts'
export type { RuntimeOptions } from './options.ts'
export { cursorBehind } from './page-cursor.ts'
export { storedPolicies } from './policy-models.ts'
export { startRuntime } from './runtime.ts'
export { isAggregateId } from './stream-name.ts'
export { contextOf, parseTraceparent, traceparentUnder } from './telemetry-context.ts'
export { type Ending, installedSdk, type Sdk, underSpan } from './telemetry-sdk.ts'
export type {
  AcceptedOutcome,
  Consistency,
  ExecuteOptions,
  GetAnswer,
  InputFault,
  ListAnswer,
  ListOptions,
  Outcome,
  ReadOptions,
  Runtime,
} from './types.ts'
