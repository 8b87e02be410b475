import type {
  Changes,
  DiscardedEvent,
  DocumentPage,
  Generation,
  GenerationRecord,
  ListQuery,
  ModelDefinition,
  OpenedPartition,
  Partition,
  ReadModelStore,
  SeenDocument,
  StoredDocument,
  WaitingEvent,
} from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import { Generations } from './generations.ts'
import { Removal } from './removal.ts'
import { Waiting } from './waiting.ts'

/**
 * Read models in the application's own file: a table of documents a generation, beside one register of all generations.
 *
 * Changes are `relaxed`: a power cut may undo the last of them, the newest first, and never one that an append came
 * after. What a save did is folded again from the log, where it is durable. When `serve` is undone the generation before
 * serves again, and the other is still under construction, and complete; one whose creation is undone is made again, and
 * one that is there again is dropped again. Only what an operator gave up cannot be found out again: that is durable.
 */
export class SqliteReadModelStore implements ReadModelStore {
  readonly #database: Database
  readonly #removal: Removal
  readonly #generations: Generations
  readonly #waiting: Waiting
  readonly #documents = new Map<string, Documents>()

  constructor(database: Database, removal: Removal = new Removal(database)) {
    this.#database = database
    this.#removal = removal
    this.#generations = new Generations(database)
    this.#waiting = new Waiting(database)
  }

  async models(): Promise<string[]> {
    return this.#database.read(() => this.#generations.models())
  }

  async generations(model: string): Promise<GenerationRecord[]> {
    return this.#database.read(() => this.#generations.all(model))
  }

  async create(model: ModelDefinition, at: number): Promise<Generation> {
    return this.#database.relaxed(() => {
      const found = this.#generations.underConstruction(model.name, model.fingerprint)
      if (found) return { model: found.model, number: found.number }
      const generation = this.#generations.add(model, at)
      new Documents(this.#database, generation, model.indexes).create()
      return generation
    })
  }

  async open(partition: Partition): Promise<OpenedPartition> {
    return this.#database.relaxed(() => this.#generations.takeLease(partition))
  }

  async serve(generation: Generation, lease: number, at: number): Promise<'serving' | 'fenced' | 'behind'> {
    return this.#database.relaxed(() => {
      if (!this.#generations.holds(generation, lease)) return 'fenced'
      const current = this.#generations.serving(generation.model)
      if (current && current.number !== generation.number) {
        if (place(this.#generations.find(generation)) < place(current)) return 'behind'
        this.#generations.retire(current, at)
      }
      this.#generations.turn(generation, 'serving', at)
      return 'serving'
    })
  }

  async mark(generation: Generation, state: 'building' | 'stopped' | 'retired', at: number): Promise<void> {
    this.#database.relaxed(() => {
      const marked = this.#generations.find(generation)
      if (marked.state === 'serving') return
      const other = this.#generations.underConstruction(marked.model, marked.fingerprint)
      if (state !== 'retired' && other && other.number !== marked.number) throw alreadyBuilding(marked, other)
      this.#generations.turn(marked, state, at)
    })
  }

  async accept(generation: Generation, streams: readonly string[]): Promise<void> {
    this.#database.transaction(() => this.#generations.accept(generation, streams))
  }

  async drop(generation: Generation): Promise<void> {
    const { model, number } = generation
    this.#database.relaxed(() => {
      if (this.#generations.serving(model)?.number === number) throw stillServing(generation)
      this.#generations.remove(generation)
    })
    this.#documents.delete(key(generation))
    await this.#removal.run()
  }

  async load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]> {
    return this.#database.read(() => this.#find(generation).load(ids))
  }

  async loadWaiting(of: Partition | Generation): Promise<WaitingEvent[]> {
    return this.#database.read(() => this.#waiting.load(this.#generations.find(of)))
  }

  async loadDiscarded(model: string): Promise<DiscardedEvent[]> {
    return this.#database.read(() => this.#waiting.loadDiscarded(model))
  }

  async save(partition: Partition, lease: number, changes: Changes): Promise<'saved' | 'fenced' | 'overtaken'> {
    const write = () => this.#save(partition, lease, changes)
    return changes.discarded?.length ? this.#database.transaction(write) : this.#database.relaxed(write)
  }

  async get(generation: Generation, id: string): Promise<StoredDocument | undefined> {
    return this.#database.read(() => this.#find(generation).get(id))
  }

  async list(generation: Generation, query: ListQuery): Promise<DocumentPage> {
    return this.#database.read(() => this.#find(generation).list(query))
  }

  #save(generation: Generation, lease: number, changes: Changes): 'saved' | 'fenced' | 'overtaken' {
    if (!this.#generations.holds(generation, lease)) return 'fenced'
    const documents = this.#find(generation)
    if (!(changes.seen ?? []).every((seen) => isStill(documents, seen))) return 'overtaken'
    this.#generations.moveCursor(generation, changes.cursor)
    if (changes.purged) documents.purge(changes.purged)
    documents.save(changes.documents)
    for (const event of changes.settled) this.#waiting.settle(generation, event)
    for (const event of changes.waiting) this.#waiting.keep(generation, event)
    for (const event of changes.discarded ?? []) this.#waiting.discard(generation.model, event)
    return 'saved'
  }

  #find(generation: Generation): Documents {
    const kept = this.#documents.get(key(generation))
    if (kept) return kept
    const { indexes } = this.#generations.find(generation)
    const documents = new Documents(this.#database, generation, indexes)
    // Where only this process writes, a generation is there until it is dropped here.
    if (!this.#database.readOnly) this.#documents.set(key(generation), documents)
    return documents
  }
}

/** The only partition's place in the feed. */
function place({ partitions: [only] }: GenerationRecord): number {
  return Number(only?.cursor ?? 0)
}

function isStill(documents: Documents, { id, stored }: SeenDocument): boolean {
  const [now] = documents.load([id])
  if (!now || !stored) return now === stored
  return now.body === stored.body && now.stream === stored.stream && now.version === stored.version
}

function key({ model, number }: Generation): string {
  return `${number} ${model}`
}

function stillServing({ model, number }: Generation): EngineError {
  return new EngineError(
    `Generation ${number} of read model ${model} is being read. Let another one serve before dropping it.`,
  )
}

function alreadyBuilding({ model, number }: Generation, other: Generation): EngineError {
  return new EngineError(
    `Generation ${number} of read model ${model} cannot be built: generation ${other.number} is, from the same ` +
      'definition. Drop one of them.',
  )
}
