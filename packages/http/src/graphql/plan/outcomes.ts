/** How reading one root field ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** How reading the root fields of a query ended, by their names in the answer. */
export class Outcomes {
  readonly #outcomes: ReadonlyMap<string | number, Outcome>

  constructor(outcomes: ReadonlyMap<string, Outcome>) {
    this.#outcomes = outcomes
  }

  /** @throws what reading the field has thrown */
  of(name: string | number): unknown {
    const outcome = this.#outcomes.get(name)
    if (outcome && 'error' in outcome) throw outcome.error
    return outcome?.value
  }
}
