import type { AnyAggregate, AnyCommandDefinition, EventMetadata, NewEvent, Rejection } from '../definitions/index.ts'
import type { Position } from '../ports/index.ts'
import type { CommandMetadata } from './codec.ts'
import type { VersionedState } from './state-store.ts'

/** Another aggregate that a command takes into its decision. */
export interface TaskReference {
  readonly name: string
  readonly aggregate: AnyAggregate
  readonly id: string
  readonly stream: string
  readonly writable: boolean
}

/** A command on its way: parsed, with its place, and with who waits for its outcome. */
export interface Task {
  readonly aggregate: AnyAggregate
  readonly definition: AnyCommandDefinition
  readonly id: string
  readonly stream: string
  readonly input: unknown
  readonly references: readonly TaskReference[]
  readonly metadata: CommandMetadata
  /** Set when the command has an id of the caller's: it is then recorded (G6). */
  readonly hash: string | undefined
  readonly expectedVersion: number | 'present' | undefined
  /** The id was made for this command, so that nothing can be recorded under it. */
  readonly isNew: boolean
  attempts: number
  readonly settle: (result: TaskResult) => void
  readonly fail: (error: unknown) => void
}

/** An event that was decided and will be, or has been, appended. */
export type DecidedEvent = NewEvent<Record<string, never>> & EventMetadata

/** What became of a task once its lane's batch is durable. */
export type TaskResult =
  | {
      readonly kind: 'accepted'
      readonly events: readonly DecidedEvent[]
      readonly after: VersionedState
      readonly position: Position
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'version-mismatch'; readonly version: number }
  /** The command's id was recorded meanwhile. */
  | { readonly kind: 'recorded' }
