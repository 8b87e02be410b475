import type { Cancel } from '../ports/index.ts'
import type { Haste } from './awaited.ts'

/** Who is called back when something has changed. */
export class Watchers {
  readonly #all = new Map<() => void, Haste>()

  /** @param onLeft called when one has left, by what is returned */
  add(onProgress: () => void, haste: Haste, onLeft: () => void = () => {}): Cancel {
    this.#all.set(onProgress, haste)
    return () => {
      this.#all.delete(onProgress)
      onLeft()
    }
  }

  /** Nobody, somebody for whom haste is made, or only such as are shown it live. */
  get haste(): Haste | undefined {
    const all = [...this.#all.values()]
    return all.includes('waiting') ? 'waiting' : all[0]
  }

  tell(): void {
    for (const onProgress of [...this.#all.keys()]) onProgress()
  }
}
