import type { Commit } from 'weir/ports'
import { type Progress, progressOn } from '../ops/bar.ts'
import { say } from '../ops/print.ts'

/** Shows how far a pass over a log has come. */
export class Meter {
  readonly #progress: Progress = progressOn(process.stdout)
  readonly #total: number
  readonly #began = performance.now()
  #shown = 0
  #done = 0

  /**
   * @param what what is done, for people
   * @param total about how many events there are to pass
   */
  constructor(what: string, total: number) {
    this.#total = total
    say(`  ${what}`)
  }

  /** Milliseconds since it was made. */
  get milliseconds(): number {
    return performance.now() - this.#began
  }

  pass(commits: readonly Commit[]): void {
    for (const { count } of commits) this.#done += count
    if (this.milliseconds - this.#shown < 100) return
    this.#shown = this.milliseconds
    this.#show()
  }

  end(): void {
    this.#show()
    this.#progress.end()
  }

  #show(): void {
    const total = Math.max(this.#total, this.#done)
    const eventsPerSecond = (this.#done * 1000) / this.milliseconds
    const secondsLeft = this.#done === 0 ? undefined : (total - this.#done) / eventsPerSecond
    this.#progress.show({ done: this.#done, total, eventsPerSecond, secondsLeft })
  }
}
