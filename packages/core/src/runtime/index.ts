export { faultsOf } from './commands.ts'
export { deriveCommandId, deriveId } from './derived-id.ts'
export { BadRequestError, UnavailableError, UndecodableEventError } from './errors.ts'
export type { RuntimeOptions } from './options.ts'
export { startRuntime } from './runtime.ts'
export { isAggregateId } from './stream-name.ts'
export type {
  AcceptedOutcome,
  Consistency,
  ExecuteOptions,
  GetAnswer,
  InputFault,
  ListAnswer,
  ListOptions,
  Outcome,
  ProjectionStatus,
  ReadOptions,
  Runtime,
} from './types.ts'
