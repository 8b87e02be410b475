import type { Clock } from '../ports/index.ts'

/** Who waits for a call, or for time to pass. A call that comes while nobody waits is kept for the next who does. */
export class Bell {
  readonly #clock: Clock
  #isRung = false
  #answer = (): void => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isRung(): boolean {
    return this.#isRung
  }

  ring(): void {
    this.#isRung = true
    this.#answer()
  }

  /** @param milliseconds the longest wait; without it only a call ends it */
  async wait(milliseconds?: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const cancel = milliseconds === undefined ? () => {} : this.#clock.after(milliseconds, resolve)
        this.#answer = () => {
          cancel()
          resolve()
        }
      })
    }
    this.#isRung = false
  }
}
