import type { Cancel, Generation, Position } from '../ports/index.ts'
import { FrozenGeneration } from './frozen-generation.ts'
import type { Projector } from './projector.ts'
import type { TokenContent } from './token.ts'
import type { FailedEvent } from './waiting.ts'

/**
 * The generation of a projection that is read at the moment: one that this process folds, or a frozen one.
 *
 * 1. Who watches does not notice that another one takes its place, but for being called back.
 */
export class Serving {
  #generation: Projector | FrozenGeneration
  /** Who waits for progress, with what ends that. */
  readonly #watchers = new Map<() => void, Cancel>()

  constructor(generation: Projector | FrozenGeneration) {
    this.#generation = generation
  }

  get generation(): Generation {
    return this.#generation.generation
  }

  get cursor(): string | undefined {
    return this.#generation.cursor
  }

  /** Undefined when another definition made it. */
  get projector(): Projector | undefined {
    return this.#generation instanceof FrozenGeneration ? undefined : this.#generation
  }

  /** The indexes of one that another definition made. */
  get frozenIndexes(): readonly string[] | undefined {
    return this.#generation instanceof FrozenGeneration ? this.#generation.indexes : undefined
  }

  counts(): { readonly parked: number; readonly deferred: number } {
    return this.#generation.counts()
  }

  /** What only an operator can help (G10). */
  failed(): FailedEvent[] {
    return this.#generation.failed()
  }

  standing(content: TokenContent): 'reached' | 'pending' | 'parked' {
    return this.#generation.standing(content)
  }

  covers(position: Position): boolean {
    return this.#generation.covers(position)
  }

  watch(onProgress: () => void): Cancel {
    this.#watchers.set(onProgress, this.#generation.watch(onProgress))
    return () => {
      this.#watchers.get(onProgress)?.()
      this.#watchers.delete(onProgress)
    }
  }

  tellWatchers(): void {
    for (const onProgress of [...this.#watchers.keys()]) onProgress()
  }

  wake(): void {
    this.projector?.wake()
  }

  /** It stands still while work is done. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    return this.projector ? this.projector.hold(work) : work()
  }

  /** Another one is read from now on. */
  replace(next: Projector): void {
    this.#generation = next
    for (const [onProgress, unwatch] of [...this.#watchers]) {
      unwatch()
      this.#watchers.set(onProgress, next.watch(onProgress))
    }
    this.tellWatchers()
  }
}
