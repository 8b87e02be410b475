import type {
  Changes,
  DiscardedEvent,
  DocumentPage,
  EventSource,
  Generation,
  GenerationRecord,
  ListQuery,
  ModelDefinition,
  OpenedPartition,
  Partition,
  ReadModelStore,
  StoredDocument,
  WaitingEvent,
} from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database, Query } from './database.ts'
import { Documents } from './documents.ts'
import { Generations, gone } from './generations.ts'
import { Holdings } from './holdings.ts'
import { Removal } from './removal.ts'
import { saveParameters } from './save.ts'
import { Waiting } from './waiting.ts'

type Saved = 'saved' | 'fenced' | 'overtaken'

interface SavedRow {
  readonly outcome: Saved
  readonly save: number | null
}

const places = Array.from({ length: 22 }, (_, index) => `$${index + 1}`).join(', ')

/**
 * Read models in the application's own schema: tables of documents a generation, beside one register of all generations.
 *
 * 1. Saves are relaxed: a crash of the server may undo the last of them, the newest first, and never one that an append
 *    came after. What they did is folded again from the log, where it is durable. What an operator gave up cannot be found
 *    out again: who saves that, saves durably.
 * 2. This process may outlive such a crash, and stand beyond what is stored then. So it counts its saves, and is fenced
 *    when the store has counted fewer: it has to open the partition again. It is the same when it does not know what
 *    became of a save.
 * 3. What changes the register is durable: numbers of generations and leases are never given twice.
 */
export class PostgresReadModelStore implements ReadModelStore {
  readonly #database: Database
  readonly #isAtLeast: EventSource['isAtLeast']
  readonly #removal: Removal
  readonly #generations: Generations
  readonly #waiting: Waiting
  readonly #documents = new Map<string, Documents>()
  readonly #holdings = new Holdings()
  readonly #read: Query
  readonly #saveSql: string

  /** @param isAtLeast the order of the feed's cursors */
  constructor(database: Database, isAtLeast: EventSource['isAtLeast'], removal: Removal = new Removal(database)) {
    this.#database = database
    this.#isAtLeast = isAtLeast
    this.#removal = removal
    this.#generations = new Generations(database)
    this.#waiting = new Waiting(database)
    this.#read = (sql, values) => database.read(sql, values)
    this.#saveSql = `SELECT outcome, save FROM ${database.name('save')}(${places})`
  }

  async models(): Promise<string[]> {
    return this.#generations.models(this.#read)
  }

  async generations(model: string): Promise<GenerationRecord[]> {
    return this.#generations.all(this.#read, model)
  }

  async create(model: ModelDefinition, at: number): Promise<Generation> {
    return this.#database.transaction(async (query) => {
      await this.#generations.introduce(query, model.name)
      await this.#generations.lock(query, model.name)
      const found = await this.#generations.underConstruction(query, model.name, model.fingerprint)
      if (found) return { model: found.model, number: found.number }
      const generation = await this.#generations.add(query, model, at)
      await new Documents(this.#database, generation, model.indexes).create(query)
      return generation
    })
  }

  async open(partition: Partition): Promise<OpenedPartition> {
    const { lease, cursor, saves } = await this.#database.transaction((query) =>
      this.#generations.takeLease(query, partition),
    )
    this.#holdings.keep(partition, { lease, saves })
    return { lease, cursor }
  }

  async serve(generation: Generation, lease: number, at: number): Promise<'serving' | 'fenced' | 'behind'> {
    return this.#change(generation.model, async (query) => {
      const own = await this.#generations.lockPartitions(query, generation)
      if (own[0]?.lease !== lease) return 'fenced'
      const current = await this.#generations.serving(query, generation.model)
      if (current && current.number !== generation.number) {
        if (this.#isBehind(own, await this.#generations.lockPartitions(query, current))) return 'behind'
        await this.#generations.retire(query, current, at)
      }
      await this.#generations.turn(query, generation, 'serving', at)
      return 'serving'
    })
  }

  async mark(generation: Generation, state: 'building' | 'stopped' | 'retired', at: number): Promise<void> {
    await this.#change(generation.model, async (query) => {
      const marked = await this.#require(query, generation)
      if (marked.state === 'serving') return
      const other = await this.#generations.underConstruction(query, marked.model, marked.fingerprint)
      if (state !== 'retired' && other && other.number !== marked.number) throw alreadyBuilding(marked, other)
      await this.#generations.turn(query, marked, state, at)
    })
  }

  async accept(generation: Generation, streams: readonly string[]): Promise<void> {
    await this.#change(generation.model, async (query) => {
      const { accepted } = await this.#require(query, generation)
      await this.#generations.accept(query, generation, [...new Set([...accepted, ...streams])])
    })
  }

  async drop(generation: Generation): Promise<void> {
    await this.#change(generation.model, async (query) => {
      const found = await this.#generations.find(query, generation)
      if (found?.state === 'serving') throw stillServing(generation)
      await this.#generations.remove(query, generation)
    })
    this.#documents.delete(key(generation))
    await this.#removal.run()
  }

  async load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]> {
    return (await this.#find(generation)).load(ids)
  }

  async loadWaiting(of: Partition | Generation): Promise<WaitingEvent[]> {
    return this.#waiting.load(of)
  }

  async loadDiscarded(model: string): Promise<DiscardedEvent[]> {
    return this.#waiting.loadDiscarded(model)
  }

  async save(partition: Partition, lease: number, changes: Changes): Promise<Saved> {
    const documents = await this.#search(partition)
    if (!documents) return 'fenced'
    const holding = this.#holdings.find(partition, lease)
    const parameters = [...saveParameters(partition, holding, changes, documents), this.#database.epoch]
    try {
      const [saved] = await this.#database.query<SavedRow>(this.#saveSql, parameters)
      if (saved?.save != null) this.#holdings.keep(partition, { lease, saves: saved.save })
      return saved?.outcome ?? 'fenced'
    } catch (error) {
      this.#holdings.lose(partition, lease)
      throw error
    }
  }

  async get(generation: Generation, id: string): Promise<StoredDocument | undefined> {
    return (await this.#find(generation)).get(id)
  }

  async list(generation: Generation, query: ListQuery): Promise<DocumentPage> {
    return (await this.#find(generation)).list(query)
  }

  /**
   * Whether some partition has not been given what one of the current ones has: of those that have streams in common, which
   * are those of the same number where there are as many.
   */
  #isBehind(own: readonly OpenedPartition[], current: readonly OpenedPartition[]): boolean {
    const common = greatestCommonDivisor(own.length, current.length)
    return own.some(({ cursor }, index) =>
      current.some((other, place) => index % common === place % common && !this.#isAtLeast(cursor, other.cursor)),
    )
  }

  /** Changes the register of one model. */
  #change<T>(model: string, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#database.transaction(async (query) => {
      await this.#generations.lock(query, model)
      return work(query)
    })
  }

  async #require(query: Query, generation: Generation): Promise<GenerationRecord> {
    const found = await this.#generations.find(query, generation)
    if (!found) throw gone(generation)
    return found
  }

  async #find(generation: Generation): Promise<Documents> {
    const found = await this.#search(generation)
    if (!found) throw gone(generation)
    return found
  }

  /** What is kept is how its tables are made, which stays: whether it is still there is seen when they are used. */
  async #search({ model, number }: Generation): Promise<Documents | undefined> {
    const kept = this.#documents.get(key({ model, number }))
    if (kept) return kept
    const found = await this.#generations.find(this.#read, { model, number })
    if (!found) return undefined
    const documents = new Documents(this.#database, { model, number }, found.indexes)
    this.#documents.set(key({ model, number }), documents)
    return documents
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
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
