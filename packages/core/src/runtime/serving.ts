import type { Cancel } from '../ports/index.ts'
import type { Haste } from './awaited.ts'
import type { Materialisation } from './materialisation.ts'
import type { OnChange } from './watchers.ts'

/**
 * The generation of a projection that is read at the moment.
 *
 * 1. Who watches does not notice that another one takes its place, but for being called back.
 */
export class Serving {
  #current: Materialisation
  /** Who waits for progress, with what ends that. */
  readonly #watchers = new Map<OnChange, { readonly haste: Haste; readonly cancel: Cancel }>()

  constructor(current: Materialisation) {
    this.#current = current
  }

  get current(): Materialisation {
    return this.#current
  }

  watch(onProgress: OnChange, haste: Haste): Cancel {
    this.#watchers.set(onProgress, { haste, cancel: this.#current.watch(onProgress, haste) })
    return () => {
      this.#watchers.get(onProgress)?.cancel()
      this.#watchers.delete(onProgress)
    }
  }

  tellWatchers(): void {
    for (const onProgress of [...this.#watchers.keys()]) onProgress()
  }

  /** Another one is read from now on. */
  replace(next: Materialisation): void {
    this.#current = next
    for (const [onProgress, { haste, cancel }] of [...this.#watchers]) {
      cancel()
      this.#watchers.set(onProgress, { haste, cancel: next.watch(onProgress, haste) })
    }
    this.tellWatchers()
  }
}
