/**
 * Read models: documents with declared indexes, and beside them all that a consumer must not lose: its cursor and the
 * events that wait. A policy keeps its progress and its timers in the same way.
 *
 * 1. (G4) `save` changes documents, waiting events and cursor together or not at all.
 * 2. (G4) Streams are divided into partitions, each with a lease, a cursor and waiting events of its own; documents belong
 *    to all. `save` succeeds only for the holder of the newest lease on its partition: a consumer that was replaced is fenced.
 * 3. A removed document leaves a tombstone: `load` shows it, `get` and `list` do not. One that is purged leaves nothing.
 * 4. `list` filters and sorts on declared indexes only (else it rejects, naming the field); ties are broken by id, so
 *    that pages never repeat or skip. A descending list is the ascending one turned round, ties and nulls too.
 * 5. Text is compared by its UTF-8 bytes, numbers by value, false before true; null comes before all else. A field
 *    holds one kind of value, or null. Only `eq` finds null: it is neither less nor greater than a value.
 * 6. A generation that was dropped is gone for good: `save` is fenced, reads reject, and its number is not given again.
 * 7. (G9) At most one generation of a model serves, and one of each fingerprint is under construction. Which one serves
 *    changes in one step, and stays over restarts.
 *    A generation that serves is in no partition behind the one that served before.
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
  /** Takes the lease of a partition, for writing. */
  open(partition: Partition): Promise<OpenedPartition>
  /**
   * Lets a generation serve, and retires the one that did. Who asks has the newest lease of its first partition: else it
   * is 'fenced'. When a partition of the one that serves has been given more, it is 'behind': nothing changes.
   */
  serve(generation: Generation, lease: number, at: number): Promise<'serving' | 'fenced' | 'behind'>
  /**
   * Says how the construction of a generation stands; the one that serves stays as it is. Rejects when that would put two
   * of one fingerprint under construction.
   */
  mark(generation: Generation, state: 'building' | 'stopped' | 'retired', at: number): Promise<void>
  /** Adds streams to those that may be parked in a generation when it takes over. */
  accept(generation: Generation, streams: readonly string[]): Promise<void>
  /**
   * Removes a generation that does not serve (else it rejects); one that is gone already is fine. Large ones go bit by
   * bit, so that others get their turn.
   */
  drop(generation: Generation): Promise<void>
  /** Stored documents (tombstones included) by id; ids that are unknown are left out. */
  load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]>
  /**
   * Events that wait for their document or for repair, in stream and version order: of one partition, or of all of a
   * generation.
   */
  loadWaiting(of: Partition | Generation): Promise<WaitingEvent[]>
  /** Events of this model that were given up, in the order in which they were. */
  loadDiscarded(model: string): Promise<DiscardedEvent[]>
  /**
   * Saves what a batch changed: first what is settled or purged, then what waits and the documents. Nothing is changed
   * when `lease` is not the newest ('fenced'), or when a document that was seen is another by now ('overtaken').
   */
  save(partition: Partition, lease: number, changes: Changes): Promise<'saved' | 'fenced' | 'overtaken'>
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
  /** Into how many partitions its streams are divided: one, or as many as the engine says. */
  readonly partitions: number
}

/** One materialisation of a read model; `number` grows with every one that is made. */
export interface Generation {
  readonly model: string
  readonly number: number
}

/** A part of the streams that a generation is folded from, counted from 0. */
export interface Partition extends Generation {
  readonly partition: number
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
  /** How each partition stands, by number. */
  readonly partitions: readonly OpenedPartition[]
  /** Streams that may be parked in it when it takes over. */
  readonly accepted: readonly string[]
}

/** A partition's newest lease, and how far it has come. */
export interface OpenedPartition {
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
  /** What the changes rest on, where other partitions may change it as well. */
  readonly seen?: readonly SeenDocument[]
  readonly waiting: readonly WaitingEvent[]
  /** Waiting events that have been applied. */
  readonly settled: readonly Pick<WaitingEvent, 'stream' | 'version' | 'document'>[]
  /** Events that are given up; who gives up settles them as well. */
  readonly discarded?: readonly DiscardedEvent[]
  /** Documents that go without leaving a tombstone. */
  readonly purged?: readonly string[]
}

/** A document as it was loaded, or was not there: then `stored` is undefined. */
export interface SeenDocument {
  readonly id: string
  readonly stored: StoredDocument | undefined
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
