import type {
  Changes,
  DiscardedEvent,
  DocumentPage,
  Generation,
  GenerationRecord,
  ListQuery,
  ModelDefinition,
  OpenedGeneration,
  ReadModelStore,
  StoredDocument,
  WaitingEvent,
} from '../../ports/index.ts'
import { EngineError } from '../../ports/index.ts'
import { compareText, Documents } from './documents.ts'

/** One generation, and what is in it. */
interface Materialisation {
  record: GenerationRecord
  lease: number
  readonly documents: Documents
  readonly waiting: Map<string, WaitingEvent>
}

interface Model {
  /** The newest number given: one that was dropped is never given again. */
  latest: number
  readonly generations: Map<number, Materialisation>
  readonly discarded: Map<string, DiscardedEvent>
}

type State = GenerationRecord['state']

/** Read models as maps, one a generation. */
export class MemoryReadModelStore implements ReadModelStore {
  readonly #models = new Map<string, Model>()

  async models(): Promise<string[]> {
    return [...this.#models].filter(([, { generations }]) => generations.size > 0).map(([name]) => name)
  }

  async generations(model: string): Promise<GenerationRecord[]> {
    return this.#all(model).map(({ record }) => record)
  }

  async create(model: ModelDefinition, at: number): Promise<Generation> {
    const { number } = (this.#underConstruction(model.name, model.fingerprint) ?? this.#add(model, at)).record
    return { model: model.name, number }
  }

  async open(generation: Generation): Promise<OpenedGeneration> {
    const opened = this.#find(generation)
    opened.lease += 1
    return { lease: opened.lease, cursor: opened.record.cursor }
  }

  async serve(generation: Generation, lease: number, at: number): Promise<'serving' | 'fenced'> {
    const next = this.#leased(generation, lease)
    if (!next) return 'fenced'
    const current = this.#serving(generation.model)
    if (current && current !== next) retire(current, at)
    turn(next, 'serving', at)
    return 'serving'
  }

  async mark(generation: Generation, state: Exclude<State, 'serving'>, at: number): Promise<void> {
    const marked = this.#find(generation)
    if (marked.record.state === 'serving') return
    const other = this.#underConstruction(generation.model, marked.record.fingerprint)
    if (state !== 'retired' && other && other !== marked) throw alreadyBuilding(generation, other.record)
    turn(marked, state, at)
  }

  async drop(generation: Generation): Promise<void> {
    const { model, number } = generation
    const generations = this.#models.get(model)?.generations
    if (generations?.get(number)?.record.state === 'serving') throw stillServing(generation)
    generations?.delete(number)
  }

  async load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]> {
    const { documents } = this.#find(generation)
    return [...new Set(ids)].map((id) => documents.load(id)).filter((document) => document !== undefined)
  }

  async loadWaiting(generation: Generation): Promise<WaitingEvent[]> {
    return [...this.#find(generation).waiting.values()].sort(compareWaiting)
  }

  async loadDiscarded(model: string): Promise<DiscardedEvent[]> {
    return [...(this.#models.get(model)?.discarded.values() ?? [])]
  }

  async save(generation: Generation, lease: number, changes: Changes): Promise<'saved' | 'fenced'> {
    const target = this.#leased(generation, lease)
    if (!target) return 'fenced'
    for (const id of changes.purged ?? []) target.documents.purge(id)
    for (const document of changes.documents) target.documents.save(document)
    for (const event of changes.settled) target.waiting.delete(waitingKey(event))
    for (const event of changes.waiting) target.waiting.set(waitingKey(event), event)
    for (const event of changes.discarded ?? []) this.#discard(generation.model, event)
    target.record = { ...target.record, cursor: changes.cursor }
    return 'saved'
  }

  async get(generation: Generation, id: string): Promise<StoredDocument | undefined> {
    const document = this.#find(generation).documents.load(id)
    return document?.body === undefined ? undefined : document
  }

  async list(generation: Generation, query: ListQuery): Promise<DocumentPage> {
    return this.#find(generation).documents.list(query)
  }

  #all(model: string): Materialisation[] {
    return [...(this.#models.get(model)?.generations.values() ?? [])]
  }

  #serving(model: string): Materialisation | undefined {
    return this.#all(model).find(({ record }) => record.state === 'serving')
  }

  #underConstruction(model: string, fingerprint: string): Materialisation | undefined {
    const isOne = ({ state }: GenerationRecord) => state === 'building' || state === 'stopped'
    return this.#all(model).find(({ record }) => record.fingerprint === fingerprint && isOne(record))
  }

  #leased({ model, number }: Generation, lease: number): Materialisation | undefined {
    const found = this.#models.get(model)?.generations.get(number)
    return found?.lease === lease ? found : undefined
  }

  #find({ model, number }: Generation): Materialisation {
    const found = this.#models.get(model)?.generations.get(number)
    if (!found) throw new EngineError(`Generation ${number} of read model ${model} is not there any more.`)
    return found
  }

  #add({ name, fingerprint, indexes }: ModelDefinition, at: number): Materialisation {
    const model = this.#models.get(name) ?? { latest: 0, generations: new Map(), discarded: new Map() }
    const number = model.latest + 1
    const state = this.#serving(name) ? 'building' : 'serving'
    const added: Materialisation = {
      record: {
        model: name,
        number,
        fingerprint,
        indexes,
        state,
        since: at,
        servedUntil: undefined,
        cursor: undefined,
      },
      lease: 0,
      documents: new Documents(name, indexes),
      waiting: new Map(),
    }
    model.latest = number
    model.generations.set(number, added)
    this.#models.set(name, model)
    return added
  }

  /** The first record of an event stays: a save that is repeated tells nothing new. */
  #discard(model: string, event: DiscardedEvent): void {
    const discarded = this.#models.get(model)?.discarded
    if (!discarded?.has(waitingKey(event))) discarded?.set(waitingKey(event), event)
  }
}

function turn(target: Materialisation, state: State, at: number): void {
  if (target.record.state !== state) target.record = { ...target.record, state, since: at }
}

function retire(target: Materialisation, at: number): void {
  target.record = { ...target.record, state: 'retired', since: at, servedUntil: at }
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

function waitingKey({ stream, version, document }: Pick<WaitingEvent, 'stream' | 'version' | 'document'>): string {
  return JSON.stringify([stream, version, document ?? null])
}

function compareWaiting(a: WaitingEvent, b: WaitingEvent): number {
  return compareText(a.stream, b.stream) || a.version - b.version || compareText(a.document ?? '', b.document ?? '')
}
