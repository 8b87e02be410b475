import type {
  AnyProjection,
  App,
  CommandMessage,
  EventMetadata,
  EventPlace,
  Projection,
  Rejection,
} from '../definitions/index.ts'
import type { Cancel, Filter } from '../ports/index.ts'
import type { OnDemand } from './on-demand.ts'
import type { Operations } from './operations.ts'
import type { OnChange } from './watchers.ts'

/** What a caller may say about a command beside its input. */
export interface ExecuteOptions {
  /**
   * Names this command: executed again with the same id it has no second effect and answers as recorded (G6). Without
   * one the runtime makes one up, and the command is not remembered.
   */
  readonly commandId?: string
  /** Insists on this version of the aggregate, or on its being there. */
  readonly expectedVersion?: number | 'present'
  /** Shared by all that follows from one request; the command's own id if not given. */
  readonly correlationId?: string
  /** The event or command that led to this one. */
  readonly causationId?: string
  /** Where that event is. */
  readonly causedBy?: EventPlace
  /** W3C trace context of what it hangs under; the active OpenTelemetry span if not given. */
  readonly traceparent?: string
  /** Who asks. */
  readonly actor?: string
}

/** A field of the input that is wrong. `field` is a path such as `seats` or `buyer.email`; empty: the whole input. */
export interface InputFault {
  readonly field: string
  readonly message: string
}

export interface AcceptedOutcome<Event = unknown, State = unknown> {
  readonly outcome: 'accepted'
  readonly id: string
  readonly version: number
  readonly events: readonly (Event & EventMetadata)[]
  readonly state: State
  /** Consistency token (G8). */
  readonly token: string
  /** Whether this is the recorded answer of an earlier execution. */
  readonly repeated: boolean
}

/** What became of a command. Exceptions mean that something is broken: see `UnavailableError`. */
export type Outcome<Event = unknown, State = unknown> =
  | AcceptedOutcome<Event, State>
  | { readonly outcome: 'rejected'; readonly rejection: Rejection }
  /** The input does not fit its schema, or the id is not one; nothing was decided (G11). */
  | { readonly outcome: 'invalid'; readonly faults: readonly InputFault[] }
  /** `expectedVersion` did not hold. */
  | { readonly outcome: 'version-mismatch'; readonly version: number }
  /** The command id belongs to a command with another input or aggregate. */
  | { readonly outcome: 'id-reused' }

/** How current a read is: `parked` means that what the token stands for waits for repair or for another document. */
export type Consistency = 'reached' | 'timed-out' | 'parked'

export interface ReadOptions {
  /** Consistency tokens, joined with commas. */
  readonly token?: string
  /** How long to wait for them, in milliseconds; 5,000 if not given. */
  readonly wait?: number
  /** Ends the wait early, as if its time were up: for callers who have gone. */
  readonly signal?: AbortSignal
}

/** `consistency` is undefined when the read bore no token. */
export interface GetAnswer<Document> {
  /** Undefined: there is no such document. */
  readonly document: Document | undefined
  /** The document's ETag; 0 without a document. */
  readonly version: number
  readonly consistency: Consistency | undefined
}

export interface ListOptions extends ReadOptions {
  readonly filters?: readonly Filter[]
  readonly sort?: { readonly field: string; readonly descending: boolean }
  /** At most so many documents, 1 to 1,000; 100 if not given. A page of large documents is shorter. */
  readonly limit?: number
  /** `next` of the page before, read with the same sort. */
  readonly cursor?: string
}

export interface ListAnswer<Document> {
  readonly documents: readonly Document[]
  /** Cursor of the next page, if there is one. */
  readonly next: string | undefined
  readonly consistency: Consistency | undefined
}

/** A running application. */
export interface Runtime {
  readonly app: App
  /**
   * Executes a command and answers when its events are durable.
   *
   * @throws UnavailableError when it cannot be known to have succeeded: the storage failed, or the runtime is stopping
   * @throws BadRequestError (`command-too-large`) when it needs more than the store takes in one append
   * @throws whatever `decide` throws: a defect of the definition
   * @example const { id } = await runtime.execute(Concert.commands.schedule.create(details))
   */
  execute<Event, State>(message: CommandMessage<Event, State>, options?: ExecuteOptions): Promise<Outcome<Event, State>>
  /**
   * Reads one document.
   *
   * @throws BadRequestError when the token is not one of this store
   * @throws UnavailableError when the storage failed, or the runtime is stopping
   */
  get<Document>(
    // biome-ignore lint/suspicious/noExplicitAny: a projection of which only the document's type matters
    projection: Projection<string, any> & { readonly get: { readonly answers?: Document } },
    id: string,
    options?: ReadOptions,
  ): Promise<GetAnswer<Document>>
  /**
   * Reads documents in order.
   *
   * @throws BadRequestError when token or cursor is not one of this store and sort, or a field is not an index
   * @throws UnavailableError as above
   */
  list<Document>(
    // biome-ignore lint/suspicious/noExplicitAny: as above
    projection: Projection<string, any> & { readonly list: { readonly answers?: Document } },
    options?: ListOptions,
  ): Promise<ListAnswer<Document>>
  /**
   * Calls back soon after documents of a projection may have changed, also by other processes and by rebuilds, once for
   * many changes: for who reads again then. It is told which documents, where that is known; else any may have changed.
   * Returns what ends it. It also calls back when the runtime stops.
   *
   * @throws UnavailableError when the runtime is stopping
   * @example const end = runtime.observe(Concerts, () => void show())
   */
  observe(projection: AnyProjection, onChange: OnChange): Cancel
  /** What operators can see and do: rebuilds, dead letters, timers. */
  readonly operations: Operations
  /** What the consumers are to do, and when: only where the application was started with `works: 'on demand'`. */
  readonly onDemand: OnDemand | undefined
  /** Whether requests can be served: why not, if not. */
  readiness(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }>
  /**
   * Resolves when every projection has folded, and every policy has reacted to, all that was recorded before the call
   * and what followed from it, as far as it is not parked. Timers are not waited for. For tests and tools.
   */
  settled(): Promise<void>
  /** Finishes what has begun, refuses what comes, and closes the engine. */
  stop(): Promise<void>
}
