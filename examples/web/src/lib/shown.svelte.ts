import type { LiveOptions, LiveState } from 'weir/client'
import { ProblemError } from 'weir/client'
import { connections } from './connections.svelte.ts'
import { visibility } from './visibility.svelte.ts'

/** Begins a live query. */
type Open<T> = (options: LiveOptions) => AsyncIterable<T>

/** What a live query shows. */
export class Shown<T> {
  /** Undefined until there is something. */
  value: T | undefined = $state.raw()
  state: LiveState = $state('connecting')
  /** Why it cannot be shown. */
  problem: ProblemError | undefined = $state.raw()
  #attempt = $state(0)
  #subject: unknown

  /**
   * Shows a live query for as long as the component is there that asks for it, and a new one when what it asks changes.
   *
   * @param query what it reads is what the query depends on; what it answers begins the query
   * @param subject what is asked about: while that is the same, what was shown stays until there is something newer
   */
  constructor(query: () => Open<T>, subject: () => unknown = () => Symbol('another')) {
    $effect(() => {
      const open = query()
      const asked = subject()
      if (asked !== this.#subject) this.#clear()
      this.#subject = asked
      $effect(() => (this.#attempt >= 0 && visibility.isVisible ? this.#follow(open) : undefined))
    })
  }

  /** Asks once more after a refusal. */
  again(): void {
    this.problem = undefined
    this.#attempt += 1
  }

  #clear(): void {
    this.value = undefined
    this.problem = undefined
  }

  #follow(open: Open<T>): () => void {
    const leaving = new AbortController()
    let isLost = false
    const lose = (hasLost: boolean) => {
      if (hasLost !== isLost) connections.lost += hasLost ? 1 : -1
      isLost = hasLost
    }
    const onState = (state: LiveState) => {
      this.state = state
      if (state !== 'connecting') lose(state === 'offline')
    }
    void this.#read(open({ signal: leaving.signal, onState }), leaving.signal)
    return () => {
      leaving.abort()
      lose(false)
    }
  }

  async #read(states: AsyncIterable<T>, { aborted }: AbortSignal): Promise<void> {
    try {
      for await (const state of states) this.value = state
    } catch (error) {
      if (!(error instanceof ProblemError) || aborted) throw error
      this.problem = error
    }
  }
}
