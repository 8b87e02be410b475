import type { AnyProjection } from 'weir'
import type { Cancel, Filter } from 'weir/ports'
import type { ListOptions, Runtime } from 'weir/runtime'
import type { WatchedQuestion } from '../../live/live-queries.ts'
import type { Shown } from '../../live/shown.ts'

/** Which documents of a projection are watched: all that fulfil everything that is given. */
export interface Watched {
  readonly projection: AnyProjection
  readonly id: string | undefined
  /** Equalities. */
  readonly filters: readonly Filter[]
  /** Whose documents are known from the start, if not all of them can be. */
  readonly sort: ListOptions['sort']
}

type Document = Readonly<Record<string, unknown>> & { readonly id: string }

/** So many documents are known at a time. */
const MOST_KNOWN = 1000

/**
 * Documents that are watched for changes.
 *
 * 1. Where it is told which documents have changed, these alone are read: it costs the same however many there are.
 * 2. Otherwise (another process folds them, or they were rebuilt) the first of them are read, and compared with what is
 *    known.
 * 3. Of those that do not change no more are known than a page holds: those that changed last.
 */
export class WatchedDocuments implements WatchedQuestion {
  readonly key: string
  readonly #runtime: Runtime
  readonly #watched: Watched
  #known: ReadonlyMap<string, string> = new Map()
  #stale: Set<string> | 'all' = 'all'
  #state = 0

  constructor(runtime: Runtime, watched: Watched) {
    this.#runtime = runtime
    this.#watched = watched
    const { projection, id = null, filters } = watched
    this.key = JSON.stringify(['changes', projection.name, id, filters])
  }

  readonly observe = (onChange: () => void): Cancel => {
    // What changed before it was observed, nobody has told.
    this.#stale = 'all'
    return this.#runtime.observe(this.#watched.projection, (ids) => {
      if (!this.#concerns(ids)) return
      this.#note(ids ?? 'all')
      onChange()
    })
  }

  readonly read = async (): Promise<Shown> => {
    const due = this.#stale
    this.#stale = new Set()
    try {
      const read = due === 'all' ? await this.#readAll() : await this.#readSome(due)
      if (read !== this.#known) this.#state += 1
      this.#known = read
      return { documents: read, tag: String(this.#state) }
    } catch (error) {
      this.#note(due)
      throw error
    }
  }

  #concerns(ids: ReadonlySet<string> | undefined): boolean {
    const { id } = this.#watched
    return ids === undefined || id === undefined || ids.has(id)
  }

  #note(ids: ReadonlySet<string> | 'all'): void {
    this.#stale = ids === 'all' || this.#stale === 'all' ? 'all' : new Set([...this.#stale, ...ids])
  }

  async #readAll(): Promise<ReadonlyMap<string, string>> {
    const { projection, id, filters, sort } = this.#watched
    if (id !== undefined) return this.#readSome(new Set([id]))
    const options = { filters, limit: MOST_KNOWN, ...(sort && { sort }) }
    const { documents } = await this.#runtime.list(projection, options)
    // The first of the list are the last to be forgotten.
    return new Map(documents.toReversed().map((document) => [(document as Document).id, JSON.stringify(document)]))
  }

  async #readSome(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const { projection } = this.#watched
    const own = this.#watched.id === undefined ? [...ids] : [this.#watched.id]
    const answers = await Promise.all(own.map((id) => this.#runtime.get(projection, id)))
    const known = new Map(this.#known)
    for (const [index, id] of own.entries()) {
      const document = answers[index]?.document as Document | undefined
      known.delete(id)
      if (document && this.#matches(document)) known.set(id, JSON.stringify(document))
    }
    for (const id of this.#known.keys()) if (known.size > MOST_KNOWN && !ids.has(id)) known.delete(id)
    return known
  }

  #matches(document: Document): boolean {
    return this.#watched.filters.every(({ field, value }) => document[field] === value)
  }
}
