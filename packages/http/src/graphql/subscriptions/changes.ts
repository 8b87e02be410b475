import type { Cancel } from 'weir/ports'
import { UnavailableError } from 'weir/runtime'
import type { LiveQueries, View } from '../../live/live-queries.ts'
import type { Shown } from '../../live/shown.ts'
import type { WatchedDocuments } from './watched-documents.ts'

/** A document as it is after a change; null: it is not there any more. */
export interface Change {
  readonly document: unknown
}

/** So many documents wait for one who is slow; who is slower yet is told no more. */
const MOST_WAITING = 10_000

/**
 * The changes of watched documents, one after the other, for one who takes them.
 *
 * 1. Of changes of one document that follow each other before the first of them is taken, the last is told: so no more
 *    waits for who is slow than there are documents.
 * 2. What there is when it begins is no change.
 */
export class Changes implements AsyncIterableIterator<Change> {
  readonly #view: View
  readonly #tellsRemoval: boolean
  readonly #leave: Cancel
  /** JSON by id, in the order in which it was changed. */
  readonly #waiting = new Map<string, string>()
  #seen: Shown
  #state: 'open' | 'behind' | 'over' = 'open'
  #wake: () => void = () => {}

  /** @throws UnavailableError when too many are shown something already, or the store fails */
  static async of(live: LiveQueries, watched: WatchedDocuments, tellsRemoval: boolean): Promise<Changes> {
    return new Changes(await live.view(watched), tellsRemoval)
  }

  private constructor(view: View, tellsRemoval: boolean) {
    this.#view = view
    this.#tellsRemoval = tellsRemoval
    this.#seen = view.first
    this.#leave = view.query.join(() => this.#look())
    this.#look()
  }

  /** @throws UnavailableError when too many changes wait for who was slow: begin anew */
  async next(): Promise<IteratorResult<Change>> {
    for (;;) {
      if (this.#state === 'behind') throw new UnavailableError('Too many changes wait for who takes them')
      if (this.#state === 'over') return { done: true, value: undefined }
      const [first] = this.#waiting
      if (first) {
        const [id, json] = first
        this.#waiting.delete(id)
        return { done: false, value: { document: JSON.parse(json) } }
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async return(): Promise<IteratorResult<Change>> {
    this.#end('over')
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #look(): void {
    const shown = this.#view.query.shown ?? this.#view.first
    const { changed, removed } = differenceBetween(this.#seen, shown)
    this.#seen = shown
    for (const [id, json] of changed) {
      this.#waiting.delete(id)
      this.#waiting.set(id, json)
    }
    if (this.#tellsRemoval) for (const id of removed) this.#waiting.set(id, 'null')
    if (this.#waiting.size > MOST_WAITING) this.#end('behind')
    this.#wake()
  }

  #end(state: 'behind' | 'over'): void {
    if (this.#state === 'open') {
      this.#leave()
      this.#view.onEnd()
    }
    this.#waiting.clear()
    this.#state = state
    this.#wake()
  }
}

interface Difference {
  readonly changed: readonly (readonly [id: string, json: string])[]
  readonly removed: readonly string[]
}

/** How states differ from the one before: found out once for all who see the same. */
const differences = new WeakMap<Shown, { readonly before: Shown; readonly difference: Difference }>()

function differenceBetween(before: Shown, now: Shown): Difference {
  const known = differences.get(now)
  if (known?.before === before) return known.difference
  const changed = [...now.documents].filter(([id, json]) => before.documents.get(id) !== json)
  const removed = [...before.documents.keys()].filter((id) => !now.documents.has(id))
  const difference = { changed, removed }
  differences.set(now, { before, difference })
  return difference
}
