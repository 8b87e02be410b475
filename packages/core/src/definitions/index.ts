export type { Aggregate, AnyAggregate, SnapshotOptions, WithEvents, WithEvolve } from './aggregate.ts'
export { aggregate } from './aggregate.ts'
export type { App, AppDefinition } from './app.ts'
export { app } from './app.ts'
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
export type { EventMetadata, EventSchemas, NewEvent, RecordedEvent } from './event.ts'
export type { Fault } from './faults.ts'
export { DefinitionError } from './faults.ts'
export type { AnyPolicy, Policy, PolicyHandler, Reaction, Service } from './policy.ts'
export { policy, service } from './policy.ts'
export type {
  AnyProjection,
  DocumentSchema,
  HandlerKind,
  Projection,
  ProjectionHandler,
  ProjectionOptions,
  Query,
} from './projection.ts'
export { projection } from './projection.ts'
export type { Rejection } from './rejection.ts'
export { reject } from './rejection.ts'
export type {
  CommandRoute,
  CommandRouteOptions,
  Decided,
  IdSource,
  ListRouteOptions,
  QueryRoute,
  Respond,
  Routes,
  RouteTarget,
  RouteWords,
} from './route.ts'
export { route } from './route.ts'
export type { CommandEntry, GetEntry, ListEntry, Method, RouteEntry } from './route-table.ts'
export type { ScalarType } from './schema.ts'
export { fieldsOf, jsonSchemaOf, scalarTypeOf } from './schema.ts'
