import type { HistoryStep } from './explorer.ts'

const MOST_STEPS = 1000
/** In characters of documents. */
const MOST_TEXT = 4 * 1024 * 1024

/** The last steps of a history: of those before, nothing is lost that is needed, since each has the whole document. */
export class LastSteps {
  readonly #kept: { readonly step: HistoryStep; readonly text: number }[] = []
  #text = 0
  #omitted = 0

  add(step: HistoryStep): void {
    const text = JSON.stringify(step.document).length
    this.#kept.push({ step, text })
    this.#text += text
    while (this.#kept.length > MOST_STEPS || (this.#text > MOST_TEXT && this.#kept.length > 1)) {
      this.#text -= this.#kept.shift()?.text ?? 0
      this.#omitted += 1
    }
  }

  /** How many there were before. */
  get omitted(): number {
    return this.#omitted
  }

  get steps(): HistoryStep[] {
    return this.#kept.map(({ step }) => step)
  }
}
