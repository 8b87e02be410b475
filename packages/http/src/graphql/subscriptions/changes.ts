import type { Cancel } from 'weir/ports'
import type { LiveQueries, View } from '../../live/live-queries.ts'
import { differenceOf, type Shown } from '../../live/shown.ts'
import type { WatchedDocuments } from './watched-documents.ts'

/** A document as it is after a change; null: it is not there any more. */
export interface Change {
  readonly document: unknown
}

/**
 * The changes of watched documents, one after the other, for one who takes them.
 *
 * 1. Each document that has changed is told as it is when it is taken: of changes that follow each other before that, the
 *    last one is. So nothing piles up for who is slow.
 * 2. What there is when it begins is no change.
 */
export class Changes implements AsyncIterableIterator<Change> {
  readonly #view: View
  readonly #tellsRemoval: boolean
  readonly #leave: Cancel
  #sent: Shown
  #waiting: string[] = []
  #isOver = false
  #wake: () => void = () => {}

  /** @throws UnavailableError when too many are shown something already, or the store fails */
  static async of(live: LiveQueries, watched: WatchedDocuments, tellsRemoval: boolean): Promise<Changes> {
    return new Changes(await live.view(watched), tellsRemoval)
  }

  private constructor(view: View, tellsRemoval: boolean) {
    this.#view = view
    this.#tellsRemoval = tellsRemoval
    this.#sent = view.first
    this.#leave = view.query.join(() => this.#wake())
  }

  async next(): Promise<IteratorResult<Change>> {
    while (!this.#isOver) {
      const json = this.#take()
      if (json !== undefined) return { done: false, value: { document: JSON.parse(json) } }
      await this.#changed()
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<Change>> {
    if (!this.#isOver) {
      this.#isOver = true
      this.#wake()
      this.#leave()
      this.#view.onEnd()
    }
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #take(): string | undefined {
    const shown = this.#view.query.shown ?? this.#view.first
    if (this.#waiting.length === 0 && shown.tag !== this.#sent.tag) {
      const { changed, removed } = differenceOf(this.#sent, shown)
      this.#waiting = [...changed, ...(this.#tellsRemoval ? removed.map(() => 'null') : [])]
      this.#sent = shown
    }
    return this.#waiting.shift()
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
