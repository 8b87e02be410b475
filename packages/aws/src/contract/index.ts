export { databaseAdmin, databaseName, databaseRoles } from './database.ts'
export type { ConsumerKind, Doorbell, Sending } from './doorbell.ts'
export {
  aggregateAttribute,
  decodeDoorbell,
  encodeDoorbell,
  kindAttribute,
  pageRing,
  retrySeconds,
  sweepRing,
} from './doorbell.ts'
export type { AppPlace, AppPlaces, FunctionEnvironment } from './environment.ts'
export { consumerOf, decodeApps, encodeApps, parseConsumer } from './environment.ts'
export type { FunctionRole } from './functions.ts'
export { functionRoles } from './functions.ts'
export { metrics } from './metrics.ts'
export type { MigrationProperties } from './migration.ts'
export {
  consumerFunction,
  consumerQueue,
  doorbellTopic,
  eventsTable,
  indexTable,
  publisherFunction,
  singleFunction,
  timerQueue,
} from './names.ts'
export { publicEventsPolicy } from './public-events.ts'
export type { FoldOutput, PrepareOutput, RebuildInput, RebuildTask, SwitchOutput } from './rebuild.ts'
export { waitSeconds } from './rebuild.ts'
export type { TimerMessage } from './timer-message.ts'
export { delaySecondsUntil, longestDelaySeconds } from './timer-message.ts'
