import type { AnyProjection } from '../definitions/index.ts'
import type { Cancel, Clock, Generation, ReadModelStore } from '../ports/index.ts'
import { BadRequestError, fromStore, stopping, UnavailableError } from './errors.ts'
import type { Generations } from './generations.ts'
import { cursorBehind, readPageCursor } from './page-cursor.ts'
import type { TokenContent, Tokens } from './token.ts'
import type { Consistency, GetAnswer, ListAnswer, ListOptions, ReadOptions } from './types.ts'
import { Waiters } from './waiters.ts'
import type { OnChange } from './watchers.ts'

export interface ReaderServices {
  readonly readModels: ReadModelStore
  readonly projections: ReadonlyMap<AnyProjection, Generations>
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
    const generations = this.#generationsOf(projection)
    await generations.refresh(true)
    const consistency = await this.#await(generations, options)
    const stored = await this.#read(generations, (generation) => this.#services.readModels.get(generation, id))
    const document: unknown = stored?.body === undefined ? undefined : JSON.parse(stored.body)
    return { document, version: stored?.version ?? 0, consistency }
  }

  async list(projection: AnyProjection, options: ListOptions = {}): Promise<ListAnswer<unknown>> {
    const generations = this.#generationsOf(projection)
    const { filters = [], sort, limit = DEFAULT_LIMIT, cursor } = options
    const fields = [...filters.map(({ field }) => field), ...(sort ? [sort.field] : [])]
    checkFields(projection, fields)
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
      throw new BadRequestError('bad-limit', `The limit has to be a whole number from 1 to ${LARGEST_LIMIT}`)
    }
    const after = cursor === undefined ? undefined : readPageCursor(sort, cursor)
    await generations.refresh(true)
    const consistency = await this.#await(generations, options)
    checkRebuilt(generations, fields)
    const query = { filters, sort, limit, after }
    const page = await this.#read(generations, (generation) => this.#services.readModels.list(generation, query))
    const documents = page.documents.map(({ body }) => JSON.parse(body as string))
    const last = page.more ? documents.at(-1) : undefined
    const next = last && cursorBehind(sort, last)
    return { documents, next, consistency }
  }

  /** Calls back when documents of a projection may have changed, until it is unsubscribed by what it returns. */
  observe(projection: AnyProjection, onChange: OnChange): Cancel {
    const generations = this.#generationsOf(projection)
    const cancel = generations.watch(onChange, 'live')
    generations.wake()
    return cancel
  }

  #generationsOf(projection: AnyProjection): Generations {
    const generations = this.#services.projections.get(projection)
    if (!generations) throw new Error(`The projection '${projection.name}' is not part of this application`)
    if (generations.isStopped) throw stopping()
    return generations
  }

  /** What was waited for has to be true of the generation that is read then (G8): another may have taken over meanwhile. */
  async #await(generations: Generations, options: ReadOptions): Promise<Consistency | undefined> {
    if (options.token === undefined) return undefined
    const contents = await this.#services.tokens.read(options.token)
    return this.#reached(generations, contents, options).finally(this.#services.clock.stayAlive())
  }

  async #reached(generations: Generations, contents: TokenContent[], options: ReadOptions): Promise<Consistency> {
    for (;;) {
      const { generation } = generations
      if (contents.some((content) => generations.standing(content) !== 'reached')) await fromStore(generations.look())
      const consistency = await this.#waiters.wait(generations, contents, options)
      if (generations.generation === generation) return consistency
    }
  }

  /** A generation may be dropped while it is read: then another one serves. */
  async #read<T>(generations: Generations, read: (generation: Generation) => Promise<T>): Promise<T> {
    const { generation } = generations
    const answer = read(generation)
    try {
      return await answer
    } catch {
      return fromStore(generations.generation === generation ? answer : read(generations.generation))
    }
  }
}

function checkRebuilt(generations: Generations, fields: readonly string[]): void {
  const lacking = generations.lacking(fields)
  if (lacking.length === 0) return
  const { name } = generations.projection
  throw new UnavailableError(
    `The read model '${name}' is being rebuilt: it cannot be filtered or sorted on '${lacking.join("', '")}' before that is done`,
    { retryAfter: 5 },
  )
}

function checkFields(projection: AnyProjection, fields: readonly string[]): void {
  for (const field of fields) {
    if (!projection.indexes.includes(field)) {
      const known = projection.indexes.join(', ') || 'none'
      throw new BadRequestError('unknown-index', `'${field}' cannot be filtered or sorted on; these can: ${known}`)
    }
  }
}
