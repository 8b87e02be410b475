/**
 * Read models: documents with declared indexes, and beside them all that a consumer must not lose: its cursor and the
 * events that wait. A policy keeps its progress and its timers in the same way.
 *
 * 1. (G4) `save` changes documents, waiting events and cursor together or not at all.
 * 2. (G4) `save` succeeds only for the holder of the newest lease on that generation: a consumer that was replaced is fenced.
 * 3. A removed document leaves a tombstone: `load` shows it, `get` and `list` do not. One that is purged leaves nothing.
 * 4. `list` filters and sorts on declared indexes only (else it rejects, naming the field); ties are broken by id, so
 *    that pages never repeat or skip. A descending list is the ascending one turned round, ties and nulls too.
 * 5. Text is compared by its UTF-8 bytes, numbers by value, false before true; null comes before all else. A field
 *    holds one kind of value, or null. Only `eq` finds null: it is neither less nor greater than a value.
 * 6. A generation that was dropped is gone for good: `save` is fenced, reads reject, and its number is not given again.
 * 7. (G9) At most one generation of a model serves, and one of each fingerprint is under construction. Which one serves
 *    changes in one step, and stays over restarts.
 * 8. What was discarded is kept for the model, over all of its generations; what was said first of an event stays.
 */
export interface ReadModelStore {
  /** The names of all models that have a generation, in no order. */
  models(): Promise<string[]>
  /** All generations of a model, by number. */
  generations(model: string): Promise<GenerationRecord[]>
  /**
   * Makes an empty generation. The first one of a model serves at once, others are being built. While one with this
   * fingerprint is under construction, that is given.
   *
   * @param at milliseconds since the epoch
   */
  create(model: ModelDefinition, at: number): Promise<Generation>
  /** Takes the lease of a generation, for writing. */
  open(generation: Generation): Promise<OpenedGeneration>
  /** Lets a generation serve, and retires the one that did. It was built under this lease: else it is 'fenced'. */
  serve(generation: Generation, lease: number, at: number): Promise<'serving' | 'fenced'>
  /**
   * Says how the construction of a generation stands; the one that serves stays as it is. Rejects when that would put two
   * of one fingerprint under construction.
   */
  mark(generation: Generation, state: 'building' | 'stopped' | 'retired', at: number): Promise<void>
  /**
   * Removes a generation that does not serve (else it rejects); one that is gone already is fine. Large ones go bit by
   * bit, so that others get their turn.
   */
  drop(generation: Generation): Promise<void>
  /** Stored documents (tombstones included) by id; ids that are unknown are left out. */
  load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]>
  /** Events of this generation that wait for their document or for repair, in stream and version order. */
  loadWaiting(generation: Generation): Promise<WaitingEvent[]>
  /** Events of this model that were given up, in the order in which they were. */
  loadDiscarded(model: string): Promise<DiscardedEvent[]>
  /**
   * Saves what a batch changed: first what is settled or purged, then what waits and the documents. Resolves to 'fenced'
   * (nothing changed) when `lease` is not the newest.
   */
  save(generation: Generation, lease: number, changes: Changes): Promise<'saved' | 'fenced'>
  /** One live document. */
  get(generation: Generation, id: string): Promise<StoredDocument | undefined>
  /**
   * Live documents in order: at most `limit`, and fewer when their bodies are large (some million characters in all),
   * but at least one when there is any: a page is held in memory as a whole, and sent as a whole.
   */
  list(generation: Generation, query: ListQuery): Promise<DocumentPage>
}

/** What the engine has to know of a read model. */
export interface ModelDefinition {
  readonly name: string
  /** Names the way in which documents are folded. */
  readonly fingerprint: string
  /** Top-level properties of the document that hold a scalar or null (absent counts as null). */
  readonly indexes: readonly string[]
}

/** One materialisation of a read model; `number` grows with every one that is made. */
export interface Generation {
  readonly model: string
  readonly number: number
}

/** A generation as it stands in the store. */
export interface GenerationRecord extends Generation {
  readonly fingerprint: string
  readonly indexes: readonly string[]
  /** Whether it is read, under construction (which may be stopped), or kept for a while after another took its place. */
  readonly state: 'serving' | 'building' | 'stopped' | 'retired'
  /** When it came to this state, in milliseconds since the epoch. */
  readonly since: number
  /** When another last took its place, in milliseconds since the epoch; undefined when that has never been. */
  readonly servedUntil: number | undefined
  readonly cursor: string | undefined
}

export interface OpenedGeneration {
  readonly lease: number
  readonly cursor: string | undefined
}

export interface StoredDocument {
  readonly id: string
  /** JSON of the document; undefined for a tombstone. */
  readonly body: string | undefined
  /** The stream that created it, and the version of that stream as folded: the document's ETag. */
  readonly stream: string
  readonly version: number
}

export interface DocumentPage {
  readonly documents: readonly StoredDocument[]
  /** Whether more come behind them. */
  readonly more: boolean
}

/** An event that a consumer could not apply yet. */
export interface WaitingEvent {
  readonly stream: string
  readonly version: number
  /** The document that it waits for (deferred), or undefined when its whole stream waits for repair (parked). */
  readonly document: string | undefined
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Why the stream is parked: set on the event that failed. */
  readonly error: string | undefined
  /** How often its handler was tried. */
  readonly attempts: number
}

/** An event that was given up, so that what waited behind it could go on. */
export interface DiscardedEvent extends Omit<WaitingEvent, 'error'> {
  readonly error: string
  readonly reason: string
  /** Who gave it up. */
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Changes {
  readonly cursor: string
  readonly documents: readonly StoredDocument[]
  readonly waiting: readonly WaitingEvent[]
  /** Waiting events that have been applied. */
  readonly settled: readonly Pick<WaitingEvent, 'stream' | 'version' | 'document'>[]
  /** Events that are given up; who gives up settles them as well. */
  readonly discarded?: readonly DiscardedEvent[]
  /** Documents that go without leaving a tombstone. */
  readonly purged?: readonly string[]
}

export type Scalar = string | number | boolean | null

export interface Filter {
  readonly field: string
  readonly operator: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'
  readonly value: Scalar
}

export interface ListQuery {
  readonly filters: readonly Filter[]
  /** Undefined: by id. */
  readonly sort: { readonly field: string; readonly descending: boolean } | undefined
  readonly limit: number
  /** The last document of the page before: its sort value and id. */
  readonly after: { readonly value: Scalar; readonly id: string } | undefined
}
