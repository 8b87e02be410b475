import type { DiscardedEvent } from '../ports/index.ts'
import type { GivenUp } from './fold.ts'

type Place = Pick<DiscardedEvent, 'stream' | 'version'>

/** The events of a read model that were given up (G10): the same for all of its generations. */
export class Discards implements GivenUp {
  readonly #all = new Set<string>()
  readonly #untried = new Set<string>()

  add(events: readonly DiscardedEvent[]): void {
    for (const event of events) {
      const key = keyOf(event, event.document)
      this.#all.add(key)
      if (event.attempts === 0) this.#untried.add(key)
    }
  }

  has(place: Place, document: string | undefined): boolean {
    return this.#all.size > 0 && this.#all.has(keyOf(place, document))
  }

  awaitsNoMore(place: Place, document: string): boolean {
    return this.#untried.size > 0 && this.#untried.has(keyOf(place, document))
  }
}

function keyOf({ stream, version }: Place, document: string | undefined): string {
  return JSON.stringify([stream, version, document])
}
