import type {
  Changes,
  DiscardedEvent,
  Generation,
  ListQuery,
  ModelDefinition,
  OpenedPartition,
  Partition,
  ReadModelStore,
  StoredDocument,
  WaitingEvent,
} from 'weir/ports'

export const concerts: ModelDefinition = {
  name: 'concerts',
  fingerprint: 'v1',
  indexes: ['date', 'seats', 'open'],
  partitions: 1,
}

/** When generations are made, in milliseconds since the epoch. */
export const made = 1_700_000_000_000

/** A document as a projection would store it. */
export function document(id: string, fields: object = {}, version = 1): StoredDocument {
  return { id, body: JSON.stringify({ id, ...fields }), stream: `concert-${id}`, version }
}

export function tombstone(id: string, version = 2): StoredDocument {
  return { id, body: undefined, stream: `concert-${id}`, version }
}

/** An event that waits for a document. */
export function deferred(stream: string, version: number, document: string): WaitingEvent {
  return { stream, version, document, since: made + version, error: undefined, attempts: 0 }
}

/** An event of a stream that waits for repair; the one that failed says why. */
export function parked(stream: string, version: number, error?: string, attempts = 0): WaitingEvent {
  return { stream, version, document: undefined, since: made, error, attempts }
}

/** An event that an operator gave up. */
export function discarded(stream: string, version: number, document?: string): DiscardedEvent {
  const event = { ...parked(stream, version), document, attempts: 3 }
  return { ...event, error: 'TypeError: why', reason: 'a duplicate', actor: 'ada', at: made + 5 }
}

/** Changes with nothing in them but what is given. */
export function changes(given: Partial<Changes> = {}): Changes {
  return { cursor: '1', documents: [], waiting: [], settled: [], ...given }
}

/** A query with nothing in it but what is given. */
export function query(given: Partial<ListQuery> = {}): ListQuery {
  return { filters: [], sort: undefined, limit: 100, after: undefined, ...given }
}

/** A generation of one partition that is open for writing. */
export interface OpenedModel extends OpenedPartition {
  readonly generation: Partition
}

/** Opens the newest generation with the model's fingerprint; makes one when there is none. */
export async function openModel(store: ReadModelStore, model: ModelDefinition = concerts): Promise<OpenedModel> {
  const { name, fingerprint } = model
  const found = (await store.generations(name)).findLast((record) => record.fingerprint === fingerprint)
  const { number } = found ?? (await store.create(model, made))
  const generation = { model: name, number, partition: 0 }
  return { generation, ...(await store.open(generation)) }
}

/** Opens the model and saves documents in it. */
export async function fill(
  store: ReadModelStore,
  documents: readonly StoredDocument[],
  model: ModelDefinition = concerts,
): Promise<OpenedModel> {
  const opened = await openModel(store, model)
  await store.save(opened.generation, opened.lease, changes({ documents }))
  return opened
}

/** The documents of the first page of a list. */
export async function list(
  store: ReadModelStore,
  generation: Generation,
  asked: ListQuery,
): Promise<readonly StoredDocument[]> {
  return (await store.list(generation, asked)).documents
}

/** The ids of all live documents, in order of id. */
export async function ids(store: ReadModelStore, generation: Generation): Promise<string[]> {
  return (await list(store, generation, query())).map((each) => each.id)
}
