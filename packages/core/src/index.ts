export type { Aggregate, AnyAggregate, SnapshotOptions, WithEvents, WithEvolve } from './definitions/aggregate.ts'
export { aggregate } from './definitions/aggregate.ts'
export type { App, AppDefinition } from './definitions/app.ts'
export { app } from './definitions/app.ts'
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
} from './definitions/command.ts'
export type { EventMetadata, EventSchemas, NewEvent, RecordedEvent } from './definitions/event.ts'
export type { Fault } from './definitions/faults.ts'
export { DefinitionError } from './definitions/faults.ts'
export type { AnyPolicy, Policy, PolicyHandler, Reaction, Service } from './definitions/policy.ts'
export { policy, service } from './definitions/policy.ts'
export type {
  AnyProjection,
  DocumentSchema,
  HandlerKind,
  Projection,
  ProjectionHandler,
  ProjectionOptions,
  Query,
} from './definitions/projection.ts'
export { projection } from './definitions/projection.ts'
export type { Rejection } from './definitions/rejection.ts'
export { reject } from './definitions/rejection.ts'
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
} from './definitions/route.ts'
export { route } from './definitions/route.ts'
export type { CommandEntry, GetEntry, ListEntry, Method, RouteEntry } from './definitions/route-table.ts'
export type { ScalarType } from './definitions/schema.ts'
export { fieldsOf, jsonSchemaOf, scalarTypeOf } from './definitions/schema.ts'
