import type { AnyAggregate, AnyCommandDefinition, RecordedEvent, Rejection } from '../definitions/index.ts'
import type { Position } from '../ports/index.ts'
import type { CommandMetadata } from './codec.ts'
import type { StreamVersion } from './token.ts'

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
  /** How often it met a conflict. */
  attempts: number
  /** @param position where the feed stood when the result was durable */
  readonly settle: (result: TaskResult, position: Position) => void
  readonly fail: (error: unknown) => void
}

/** The streams that a task is decided on; none of no task. */
export function streamsOf(task: Pick<Task, 'stream' | 'references'> | undefined): string[] {
  return task ? [task.stream, ...task.references.map(({ stream }) => stream)] : []
}

/** The streams beside its own that a task may write to. */
export function writtenBeside({ stream: own, references }: Pick<Task, 'stream' | 'references'>): string[] {
  const writable = references.filter((reference) => reference.writable).map(({ stream }) => stream)
  return [...new Set(writable)].filter((stream) => stream !== own)
}

/** What became of a task once its lane's batch is durable. */
export type TaskResult =
  | {
      readonly kind: 'accepted'
      /** On the task's own stream. */
      readonly events: readonly RecordedEvent[]
      readonly state: unknown
      readonly version: number
      /** The other streams that the command may write to, as it left them. */
      readonly others: readonly StreamVersion[]
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'version-mismatch'; readonly version: number }
  /** `decide` threw. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The command's id was recorded meanwhile. */
  | { readonly kind: 'recorded' }
