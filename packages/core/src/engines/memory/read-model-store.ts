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
} from '../../ports/index.ts'
import { EngineError, partitionOf } from '../../ports/index.ts'
import { compareText, Documents } from './documents.ts'

/** One generation, and what is in it. */
interface Materialisation {
  record: GenerationRecord
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

  async open(partition: Partition): Promise<OpenedPartition> {
    const generation = this.#find(partition)
    const { lease, cursor } = standOf(generation, partition)
    const opened = { lease: lease + 1, cursor }
    setStand(generation, partition, opened)
    return opened
  }

  async serve(generation: Generation, lease: number, at: number): Promise<'serving' | 'fenced' | 'behind'> {
    const next = this.#leased({ ...generation, partition: 0 }, lease)
    if (!next) return 'fenced'
    const current = this.#serving(generation.model)
    if (current && current !== next) {
      if (isBehind(next.record, current.record)) return 'behind'
      retire(current, at)
    }
    turn(next, 'serving', at)
    return 'serving'
  }

  async accept(generation: Generation, streams: readonly string[]): Promise<void> {
    const found = this.#find(generation)
    const accepted = [...new Set([...found.record.accepted, ...streams])]
    found.record = { ...found.record, accepted }
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

  async loadWaiting(of: Partition | Generation): Promise<WaitingEvent[]> {
    const { record, waiting } = this.#find(of)
    const isOf = ({ stream }: WaitingEvent) =>
      !('partition' in of) || partitionOf(stream, record.partitions.length) === of.partition
    return [...waiting.values()].filter(isOf).sort(compareWaiting)
  }

  async loadDiscarded(model: string): Promise<DiscardedEvent[]> {
    return [...(this.#models.get(model)?.discarded.values() ?? [])]
  }

  async save(partition: Partition, lease: number, changes: Changes): Promise<'saved' | 'fenced' | 'overtaken'> {
    const target = this.#leased(partition, lease)
    if (!target) return 'fenced'
    if (!(changes.seen ?? []).every((seen) => isStill(target.documents, seen))) return 'overtaken'
    for (const id of changes.purged ?? []) target.documents.purge(id)
    for (const document of changes.documents) target.documents.save(document)
    for (const event of changes.settled) target.waiting.delete(waitingKey(event))
    for (const event of changes.waiting) target.waiting.set(waitingKey(event), event)
    for (const event of changes.discarded ?? []) this.#discard(partition.model, event)
    setStand(target, partition, { lease, cursor: changes.cursor })
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

  #leased(partition: Partition, lease: number): Materialisation | undefined {
    const found = this.#models.get(partition.model)?.generations.get(partition.number)
    return found && standOf(found, partition).lease === lease ? found : undefined
  }

  #find({ model, number }: Generation): Materialisation {
    const found = this.#models.get(model)?.generations.get(number)
    if (!found) throw new EngineError(`Generation ${number} of read model ${model} is not there any more.`)
    return found
  }

  #add({ name, fingerprint, indexes, partitions }: ModelDefinition, at: number): Materialisation {
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
        partitions: Array.from({ length: partitions }, () => ({ lease: 0, cursor: undefined })),
        accepted: [],
      },
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

function standOf({ record }: Materialisation, { partition }: Partition): OpenedPartition {
  const stand = record.partitions[partition]
  if (!stand) throw new EngineError(`Generation ${record.number} of ${record.model} has no partition ${partition}.`)
  return stand
}

function setStand(target: Materialisation, { partition }: Partition, stand: OpenedPartition): void {
  target.record = { ...target.record, partitions: target.record.partitions.with(partition, stand) }
}

/** Whether some partition of `current` has been given what the same one of `next` has not. */
function isBehind(next: GenerationRecord, current: GenerationRecord): boolean {
  const isAlike = next.partitions.length === current.partitions.length
  return next.partitions.some((ours, index) =>
    current.partitions.some((theirs, other) => (other === index || !isAlike) && place(ours) < place(theirs)),
  )
}

function place({ cursor }: OpenedPartition): number {
  return Number(cursor ?? 0)
}

function isStill(documents: Documents, { id, stored }: SeenDocument): boolean {
  const now = documents.load(id)
  if (!now || !stored) return now === stored
  return now.body === stored.body && now.stream === stored.stream && now.version === stored.version
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
