import { ProblemError } from 'weir/client'
import type { InventoryClient, Replay } from '../lib/apis.ts'
import { Submission } from '../lib/submission.svelte.ts'

/** How often progress is asked for while a replay runs, in milliseconds. */
const EVERY = 400

/** The newest replay, and how far it has come. */
export class Replaying {
  /** Undefined when there has been none. */
  progress: Replay | undefined = $state.raw()
  readonly submission: Submission = new Submission()
  #timer: ReturnType<typeof setTimeout> | undefined
  #hasLeft = false

  /** Follows what is under way, until what is returned is called. */
  follow(api: InventoryClient): () => void {
    this.#hasLeft = false
    void this.#look(api)
    return () => {
      this.#hasLeft = true
      clearTimeout(this.#timer)
    }
  }

  async begin(api: InventoryClient): Promise<void> {
    await this.submission.send(() => api.post('/replay'))
    await this.#look(api)
  }

  async #look(api: InventoryClient): Promise<void> {
    clearTimeout(this.#timer)
    const progress = await api.get('/replay').catch(passed)
    if (this.#hasLeft) return
    this.progress = progress ?? this.progress
    if (progress?.state === 'running') this.#timer = setTimeout(() => void this.#look(api), EVERY)
  }
}

/** Where nothing has been replayed yet there is no progress; what is wrong otherwise, the items tell. */
function passed(error: unknown): undefined {
  if (!(error instanceof ProblemError)) throw error
}
