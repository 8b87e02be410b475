import type { AnyProjection } from '../definitions/index.ts'
import type { Clock, Generation, ReadModelStore, Scalar } from '../ports/index.ts'
import { BadRequestError, fromStore, stopping, UnavailableError } from './errors.ts'
import { readPageCursor, writePageCursor } from './page-cursor.ts'
import type { Projector } from './projector.ts'
import type { Tokens } from './token.ts'
import type { Consistency, GetAnswer, ListAnswer, ListOptions, ReadOptions } from './types.ts'
import { Waiters } from './waiters.ts'

export interface ReaderServices {
  readonly readModels: ReadModelStore
  readonly projectors: ReadonlyMap<AnyProjection, Projector>
  readonly tokens: Tokens
  readonly clock: Clock
}

const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 1000

/** Reads documents, as current as the caller's tokens ask for (G8). */
export class Reader {
  readonly #services: ReaderServices
  readonly #waiters: Waiters

  constructor(services: ReaderServices) {
    this.#services = services
    this.#waiters = new Waiters(services.clock)
  }

  async get(projection: AnyProjection, id: string, options: ReadOptions = {}): Promise<GetAnswer<unknown>> {
    const projector = this.#projectorOf(projection)
    const consistency = await this.#await(projector, options)
    const stored = await fromStore(this.#services.readModels.get(generationOf(projector), id))
    const document: unknown = stored?.body === undefined ? undefined : JSON.parse(stored.body)
    return { document, version: stored?.version ?? 0, consistency }
  }

  async list(projection: AnyProjection, options: ListOptions = {}): Promise<ListAnswer<unknown>> {
    const projector = this.#projectorOf(projection)
    const { filters = [], sort, limit = DEFAULT_LIMIT, cursor } = options
    checkFields(projection, [...filters.map(({ field }) => field), ...(sort ? [sort.field] : [])])
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
      throw new BadRequestError('bad-limit', `The limit has to be a whole number from 1 to ${LARGEST_LIMIT}`)
    }
    const after = cursor === undefined ? undefined : readPageCursor(sort, cursor)
    const consistency = await this.#await(projector, options)
    const query = { filters, sort, limit, after }
    const page = await fromStore(this.#services.readModels.list(generationOf(projector), query))
    const documents = page.documents.map(({ body }) => JSON.parse(body as string))
    const last = page.more ? documents.at(-1) : undefined
    const next = last && writePageCursor(sort, { value: sort ? fieldOf(last, sort.field) : null, id: last.id })
    return { documents, next, consistency }
  }

  #projectorOf(projection: AnyProjection): Projector {
    const projector = this.#services.projectors.get(projection)
    if (!projector) throw new Error(`The projection '${projection.name}' is not part of this application`)
    if (projector.isStopped) throw stopping()
    return projector
  }

  async #await(projector: Projector, options: ReadOptions): Promise<Consistency | undefined> {
    if (options.token === undefined) return undefined
    return this.#waiters.wait(projector, this.#services.tokens.read(options.token), options)
  }
}

function generationOf(projector: Projector): Generation {
  const { generation } = projector
  if (!generation) throw new UnavailableError(`The read model '${projector.projection.name}' has not been opened yet`)
  return generation
}

function checkFields(projection: AnyProjection, fields: readonly string[]): void {
  for (const field of fields) {
    if (!projection.indexes.includes(field)) {
      const known = projection.indexes.join(', ') || 'none'
      throw new BadRequestError('unknown-index', `'${field}' cannot be filtered or sorted on; these can: ${known}`)
    }
  }
}

function fieldOf(document: Readonly<Record<string, unknown>>, field: string): Scalar {
  return (document[field] ?? null) as Scalar
}
