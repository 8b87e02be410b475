import type {
  Changes,
  DiscardedEvent,
  Engine,
  Generation,
  Partition,
  ReadModelStore,
  StoredDocument,
  WaitingEvent,
} from '../ports/index.ts'

/** Where a read model is folded to be looked at: one generation of one model, in one partition, in memory. */
export class Scratch implements Pick<ReadModelStore, 'open' | 'load' | 'loadWaiting' | 'loadDiscarded' | 'save'> {
  readonly partition: Partition
  readonly #discarded: DiscardedEvent[]
  readonly #documents = new Map<string, StoredDocument>()
  readonly #waiting = new Map<string, WaitingEvent>()

  constructor(model: string, discarded: DiscardedEvent[]) {
    this.partition = { model, number: 1, partition: 0 }
    this.#discarded = discarded
  }

  /** An engine with this in the place of its read models. A read model that only folds asks for no more of them. */
  in(engine: Engine): Engine {
    return { ...engine, readModels: this as unknown as ReadModelStore }
  }

  /** All documents that were not removed. */
  *live(): Generator<StoredDocument> {
    for (const document of this.#documents.values()) if (document.body !== undefined) yield document
  }

  /** The text of a document that was not removed. */
  body(id: string): string | undefined {
    return this.#documents.get(id)?.body
  }

  /** In no order. */
  waiting(): WaitingEvent[] {
    return [...this.#waiting.values()]
  }

  async open(): Promise<{ lease: number; cursor: undefined }> {
    return { lease: 1, cursor: undefined }
  }

  async load(_: Generation, ids: readonly string[]): Promise<StoredDocument[]> {
    return ids.map((id) => this.#documents.get(id)).filter((document) => document !== undefined)
  }

  async loadWaiting(): Promise<WaitingEvent[]> {
    return this.waiting()
  }

  async loadDiscarded(): Promise<DiscardedEvent[]> {
    return this.#discarded
  }

  async save(_: Generation, __: number, changes: Changes): Promise<'saved'> {
    for (const id of changes.purged ?? []) this.#documents.delete(id)
    for (const document of changes.documents) this.#documents.set(document.id, document)
    for (const event of changes.settled) this.#waiting.delete(keyOf(event))
    for (const event of changes.waiting) this.#waiting.set(keyOf(event), event)
    return 'saved'
  }
}

function keyOf({ stream, version, document }: Pick<WaitingEvent, 'stream' | 'version' | 'document'>): string {
  return JSON.stringify([stream, version, document])
}
