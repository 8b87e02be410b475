/**
 * Read models: documents with declared indexes, and beside them all that a consumer must not lose: its cursor and the
 * events that wait.
 *
 * 1. (G4) `save` changes documents, waiting events and cursor together or not at all.
 * 2. (G4) `save` succeeds only for the holder of the newest lease on that generation: a consumer that was replaced is fenced.
 * 3. A removed document leaves a tombstone: `load` shows it, `get` and `list` do not.
 * 4. `list` filters and sorts on declared indexes only (else it rejects, naming the field); ties are broken by id, so
 *    that pages never repeat or skip. A descending list is the ascending one turned round, ties and nulls too.
 * 5. Text is compared by its UTF-8 bytes, numbers by value, false before true; null comes before all else. A field
 *    holds one kind of value, or null. Only `eq` finds null: it is neither less nor greater than a value.
 * 6. A generation that was dropped is gone for good: `save` is fenced, reads reject, and its number is not given again.
 */
export interface ReadModelStore {
  /**
   * Opens a generation of a read model for writing and takes its lease, creating it when it is not there. Generations
   * with other fingerprints stay until `dropOthers`.
   */
  open(model: ModelDefinition): Promise<OpenedModel>
  /** Removes every other generation of this read model. */
  dropOthers(generation: Generation): Promise<void>
  /** Stored documents (tombstones included) by id; ids that are unknown are left out. */
  load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]>
  /** Events of this generation that wait for their document or for repair, in stream and version order. */
  loadWaiting(generation: Generation): Promise<WaitingEvent[]>
  /**
   * Saves what a batch changed: first what is settled, then what waits. Resolves to 'fenced' (nothing changed) when
   * `lease` is not the newest.
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
  /** Names the way in which documents are folded; another fingerprint is another generation. */
  readonly fingerprint: string
  /** Top-level properties of the document that hold a scalar or null (absent counts as null). */
  readonly indexes: readonly string[]
}

/** One materialisation of a read model; `number` grows with every new fingerprint. */
export interface Generation {
  readonly model: string
  readonly number: number
}

export interface OpenedModel {
  readonly generation: Generation
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
}

export interface Changes {
  readonly cursor: string
  readonly documents: readonly StoredDocument[]
  readonly waiting: readonly WaitingEvent[]
  /** Waiting events that have been applied. */
  readonly settled: readonly Pick<WaitingEvent, 'stream' | 'version' | 'document'>[]
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
