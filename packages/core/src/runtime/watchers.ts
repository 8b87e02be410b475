import type { Cancel } from '../ports/index.ts'
import type { Haste } from './awaited.ts'

/** Called back when documents may have changed: those with these ids, or any if not given. */
export type OnChange = (ids?: ReadonlySet<string>) => void

/** Who is called back when something has changed. */
export class Watchers {
  readonly #all = new Map<OnChange, Haste>()

  /** @param onLeft called when one has left, by what is returned */
  add(onProgress: OnChange, haste: Haste, onLeft: () => void = () => {}): Cancel {
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

  tell(ids?: ReadonlySet<string>): void {
    for (const onProgress of [...this.#all.keys()]) onProgress(ids)
  }
}
