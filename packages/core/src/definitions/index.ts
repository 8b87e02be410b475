export type { Aggregate, AnyAggregate, SnapshotOptions, WithEvents, WithEvolve } from './aggregate.ts'
export { aggregate } from './aggregate.ts'
export type { App, AppDefinition } from './app.ts'
export { app } from './app.ts'
export type { ChoiceRoute, Choices } from './choice.ts'
export { choose } from './choice.ts'
export type {
  AggregateReference,
  AggregateReferences,
  AnyCommand,
  AnyCommandDefinition,
  Command,
  CommandDefinition,
  CommandMessage,
  DecideContext,
  Decision,
  ForeignEvent,
  ReadAggregate,
  WrittenAggregate,
} from './command.ts'
export { derivedIdOf, deriveId } from './derive-id.ts'
export type { Duration } from './duration.ts'
export { milliseconds } from './duration.ts'
export type { EventMetadata, EventPlace, EventSchemas, NewEvent, RecordedEvent } from './event.ts'
export { faultLine } from './fault-line.ts'
export type { Fault } from './faults.ts'
export { DefinitionError } from './faults.ts'
export type { Guard } from './guard.ts'
export { apiKey } from './guard.ts'
export type {
  AnyPolicy,
  Policy,
  PolicyHandler,
  PolicyOptions,
  RejectedCommand,
  RejectionHandler,
} from './policy.ts'
export { policy } from './policy.ts'
export type {
  AnyProjection,
  DocumentSchema,
  HandlerKind,
  Operation,
  Projection,
  ProjectionHandler,
  ProjectionOptions,
  Query,
} from './projection.ts'
export { projection } from './projection.ts'
export type { PublicEvent } from './public-events.ts'
export { EventBus, publicEvents, withPublicEvents } from './public-events.ts'
export type { RawAggregate, RawEvent } from './raw-aggregate.ts'
export { rawAggregate } from './raw-aggregate.ts'
export type { CancelledTimer, Reaction, ReactionContext, ScheduledCommand, Step } from './reaction.ts'
export { after, cancel, stepsOf } from './reaction.ts'
export type { Rejection } from './rejection.ts'
export { reject } from './rejection.ts'
export type {
  CommandRoute,
  CommandRouteOptions,
  Constant,
  Decided,
  IdSource,
  ListRouteOptions,
  PlainRoute,
  QueryRoute,
  Respond,
  RouteKey,
  RouteOptions,
  Routes,
  RoutesAs,
  RouteTarget,
  RouteWords,
  Written,
} from './route.ts'
export { constant, route } from './route.ts'
export type {
  ChoiceEntry,
  CommandEntry,
  ConstantEntry,
  GetEntry,
  ListEntry,
  Method,
  ProgressEntry,
  RebuildEntry,
  RouteEntry,
} from './route-entry.ts'
export { commandEntriesOf } from './route-entry.ts'
export type { ScalarType } from './schema.ts'
export { fieldsOf, jsonSchemaOf, scalarTypeOf } from './schema.ts'
export type { Implementations, Provision, Service, Services } from './service.ts'
export { implementationsOf, provide, service } from './service.ts'
export type { Versions } from './versions.ts'
export { schemaOfVersion, schemaVersionOf, upcast, versions } from './versions.ts'
