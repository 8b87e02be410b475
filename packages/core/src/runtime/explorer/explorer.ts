import type { RecordedEvent } from '../../definitions/index.ts'
import type { StreamHead } from '../../ports/index.ts'

/**
 * Looks into what is recorded and what was folded from it. Nothing here changes anything. Whatever is asked for that is
 * not there throws `OperationRefused`.
 *
 * 1. A look is bounded in what it holds and answers, and others have their turn while it lasts, however much is stored.
 */
export interface Explorer {
  /** The streams whose names begin with `prefix`, the last name first: what was begun last, where ids are UUIDv7. */
  streams(query: StreamQuery): Promise<StreamPage>
  /** How far a stream has come. */
  stream(stream: string): Promise<StreamHead>
  /** Events of a stream, in version order. */
  streamEvents(stream: string, query: EventQuery): Promise<EventPage>
  /** The state that an aggregate had at a version of its stream, or has now. Raw aggregates have none: null. */
  stateAt(stream: string, version?: number): Promise<StateAt>
  /** The documents of a projection, by id. */
  documents(projection: string, query: DocumentQuery): Promise<DocumentPage>
  document(projection: string, id: string): Promise<unknown>
  /** A document after each event that it was made from, as far as the streams of those can be guessed from the document. */
  documentHistory(projection: string, id: string): Promise<DocumentHistory>
  /** What an event belongs to: from the request to all that has followed from it by policies. */
  causation(stream: string, version: number): Promise<Causation>
  /**
   * Shows events as they are recorded, by whatever process: in the order of each stream, each once.
   *
   * @param place where to go on: `place` of a tail that has ended; what is recorded from now on if not given
   * @param onItem called back when something comes while nothing waits
   * @throws BadRequestError when the place is not one of this store
   */
  tail(filter: TailFilter, place: string | undefined, onItem: () => void): Promise<EventTail>
}

/** Which events are shown: those that all of it is true of. */
export interface TailFilter {
  readonly aggregate?: string | undefined
  readonly type?: string | undefined
  readonly stream?: string | undefined
}

/** What one who watches is shown. */
export interface EventTail {
  /** Behind what was given last. */
  readonly place: string
  /**
   * What comes next; undefined while nothing does. Nothing piles up for who is slow: of what they leave waiting, the oldest
   * is left out, and counted.
   *
   * @throws UnavailableError when the store fails, or the application is stopping
   */
  next(): Promise<TailItem | undefined>
  end(): void
}

export type TailItem = { readonly event: ExploredEvent } | { readonly skipped: number }

export interface StreamQuery {
  readonly prefix: string
  /** Only what comes behind this name: the last of the page before. */
  readonly before?: string | undefined
  readonly limit: number
}

export interface StreamPage {
  readonly streams: readonly StreamHead[]
  /** Whether more come behind them. */
  readonly more: boolean
}

export interface EventQuery {
  /** Only events behind this version. */
  readonly after?: number | undefined
  /** Only events before this version: then the last of them are given, not the first. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface EventPage {
  /** At most as many as asked for; fewer when they are large, but at least one if there is any. */
  readonly events: readonly ExploredEvent[]
  /** Whether more come in the direction that was asked for. */
  readonly more: boolean
}

/** An event in the newest version of its schema, or why it cannot be read. */
export type ExploredEvent = RecordedEvent | UndecodableEvent

export interface UndecodableEvent {
  readonly stream: string
  readonly version: number
  /** Why it cannot be read. */
  readonly undecodable: string
  /** As it is recorded, as far as that can be told; else the beginning of its commit's text. */
  readonly raw: unknown
}

export interface StateAt {
  readonly version: number
  /** As JSON shows it. */
  readonly state: unknown
}

export interface DocumentQuery {
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

export interface DocumentPage {
  readonly documents: readonly unknown[]
  readonly next: string | undefined
}

export interface DocumentHistory {
  /** Whether the last step is the document as it is stored: if not, other streams may have changed it as well. */
  readonly complete: boolean
  /** How many steps before those that are given are left out. */
  readonly omitted: number
  /** In the order in which the events were recorded. */
  readonly steps: readonly HistoryStep[]
}

export interface HistoryStep {
  readonly stream: string
  readonly version: number
  /** Undefined when the event cannot be read. */
  readonly type: string | undefined
  /** ISO 8601; undefined when the event cannot be read. */
  readonly recordedAt: string | undefined
  /** Null when it was not there yet, or was removed. */
  readonly document: unknown
  /**
   * Why the event was not applied, if it was not: it `failed`; it is `waiting` behind one of its stream that has; or it had
   * failed, and was `discarded`.
   */
  readonly fault?: 'failed' | 'waiting' | 'discarded' | undefined
  /** The same in words. */
  readonly error?: string | undefined
}

/** A story: request, command, events, policies, their commands, and so on. */
export interface Causation {
  readonly correlationId: string
  /** Whether there is more of it, before or behind, than is shown or could be found. */
  readonly truncated: boolean
  readonly nodes: readonly CausationNode[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

export interface CausationNode {
  readonly id: string
  readonly kind: 'request' | 'command' | 'event' | 'policy'
  /** Of a request, its id; of a command, `<aggregate>.<command>`; of an event, its type; of a policy, its name. */
  readonly label: string
  /** Of an event and of what a policy reacts to; of a command, of its aggregate. */
  readonly stream?: string | undefined
  readonly version?: number | undefined
  /** When it was recorded, or happened, ISO 8601. */
  readonly at: string
  readonly actor?: string | undefined
  /**
   * Of a policy: `parked` waits for repair, `pending` for its turn, `reacted` has issued commands that were accepted,
   * `waiting` has a timer, `nothing` has none of these, or was rejected. Of a command: `nothing` was accepted and recorded
   * no event; then its name is not known, and its label that of its aggregate.
   */
  readonly status?: 'parked' | 'pending' | 'reacted' | 'waiting' | 'nothing' | undefined
  /** When the timer is due that a policy waits for, ISO 8601. */
  readonly due?: string | undefined
}
