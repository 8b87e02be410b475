import type { CausationNode, DeadLetter, PolicyStatus, ProjectionStatus, TimerStatus } from 'weir/runtime'

/** What the operations API answers. What the runtime has a type for is that type, as JSON leaves it. */
export type {
  Causation,
  CausationNode,
  DeadLetterWithEvent,
  DiscardedLetter,
  DocumentHistory,
  ExploredEvent,
  HistoryStep,
  PolicyStatus,
  ProjectionStatus,
  RebuildStatus,
  StateAt,
  TimerStatus,
} from 'weir/runtime'

export type Role = 'operator' | 'reader'

interface AggregateNames {
  readonly name: string
  /** Whether it takes events of any type, and has no state. */
  readonly raw: boolean
  readonly events: readonly string[]
}

/** An application on the server. */
export interface ServedApp {
  readonly name: string
  readonly title: string
  readonly base: string
  readonly projections: readonly string[]
  readonly policies: readonly string[]
  readonly aggregates: readonly AggregateNames[]
}

/** A stream and its newest version. */
export interface StreamHead {
  readonly stream: string
  readonly version: number
}

export type NodeKind = CausationNode['kind']

/** How an application stands. */
export interface AppStatus {
  readonly projections: readonly ProjectionStatus[]
  readonly policies: readonly PolicyStatus[]
  /** The timers that are due next. */
  readonly timers: readonly TimerStatus[]
}

/** Names a dead letter to the API. */
export type LetterPlace = Pick<DeadLetter, 'stream' | 'document' | 'timer'>
