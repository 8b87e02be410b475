import type {
  Changes,
  DocumentPage,
  Generation,
  ListQuery,
  ModelDefinition,
  OpenedModel,
  ReadModelStore,
  StoredDocument,
  WaitingEvent,
} from '../../ports/index.ts'
import { EngineError } from '../../ports/index.ts'
import { compareText, Documents } from './documents.ts'

interface Materialisation {
  readonly generation: Generation
  readonly fingerprint: string
  readonly documents: Documents
  readonly waiting: Map<string, WaitingEvent>
  lease: number
  cursor: string | undefined
}

/** Read models as maps, one a generation. */
export class MemoryReadModelStore implements ReadModelStore {
  readonly #models = new Map<string, Map<number, Materialisation>>()
  /** The newest number given in each model: a number that was dropped is never given again. */
  readonly #numbers = new Map<string, number>()

  async open(model: ModelDefinition): Promise<OpenedModel> {
    const opened = this.#withFingerprint(model) ?? this.#create(model)
    opened.lease += 1
    return { generation: opened.generation, lease: opened.lease, cursor: opened.cursor }
  }

  async dropOthers({ model, number }: Generation): Promise<void> {
    const generations = this.#models.get(model)
    for (const other of generations?.keys() ?? []) if (other !== number) generations?.delete(other)
  }

  async load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]> {
    const { documents } = this.#find(generation)
    return [...new Set(ids)].map((id) => documents.load(id)).filter((document) => document !== undefined)
  }

  async loadWaiting(generation: Generation): Promise<WaitingEvent[]> {
    return [...this.#find(generation).waiting.values()].sort(compareWaiting)
  }

  async save(generation: Generation, lease: number, changes: Changes): Promise<'saved' | 'fenced'> {
    const target = this.#models.get(generation.model)?.get(generation.number)
    if (target?.lease !== lease) return 'fenced'
    for (const document of changes.documents) target.documents.save(document)
    for (const event of changes.settled) target.waiting.delete(waitingKey(event))
    for (const event of changes.waiting) target.waiting.set(waitingKey(event), event)
    target.cursor = changes.cursor
    return 'saved'
  }

  async get(generation: Generation, id: string): Promise<StoredDocument | undefined> {
    const document = this.#find(generation).documents.load(id)
    return document?.body === undefined ? undefined : document
  }

  async list(generation: Generation, query: ListQuery): Promise<DocumentPage> {
    return this.#find(generation).documents.list(query)
  }

  #find({ model, number }: Generation): Materialisation {
    const found = this.#models.get(model)?.get(number)
    if (!found) throw new EngineError(`Generation ${number} of read model ${model} is not there any more.`)
    return found
  }

  #withFingerprint({ name, fingerprint }: ModelDefinition): Materialisation | undefined {
    const generations = [...(this.#models.get(name)?.values() ?? [])]
    return generations.find((generation) => generation.fingerprint === fingerprint)
  }

  #create({ name, fingerprint, indexes }: ModelDefinition): Materialisation {
    const number = (this.#numbers.get(name) ?? 0) + 1
    const generations = this.#models.get(name) ?? new Map<number, Materialisation>()
    const created: Materialisation = {
      generation: { model: name, number },
      fingerprint,
      documents: new Documents(name, indexes),
      waiting: new Map(),
      lease: 0,
      cursor: undefined,
    }
    this.#numbers.set(name, number)
    this.#models.set(name, generations.set(number, created))
    return created
  }
}

function waitingKey({ stream, version, document }: Pick<WaitingEvent, 'stream' | 'version' | 'document'>): string {
  return JSON.stringify([stream, version, document ?? null])
}

function compareWaiting(a: WaitingEvent, b: WaitingEvent): number {
  return compareText(a.stream, b.stream) || a.version - b.version || compareText(a.document ?? '', b.document ?? '')
}
