/** What a reference of a plan stands for: ARNs for rights, a text for environment variables. */
export interface Referred {
  readonly arns: readonly string[]
  readonly value: string
}

/** What the references of a plan, such as `table/coffee/events`, are in a stack. */
export class References {
  readonly #known = new Map<string, Referred>()

  /** Says what a reference is; its value is its (first) ARN if not given. */
  set(reference: string, arns: readonly string[], value: string = arns[0] ?? ''): void {
    this.#known.set(reference, { arns, value })
  }

  /** @throws Error when nobody has said what it is */
  arns(reference: string): string[] {
    return [...this.#find(reference).arns]
  }

  /** Puts values in the place of the references that stand in braces. */
  fill(text: string): string {
    return text.replaceAll(/\{([a-z-]+(?:\/[a-z0-9-]+)+)\}/g, (_, reference: string) => this.#find(reference).value)
  }

  #find(reference: string): Referred {
    const found = this.#known.get(reference)
    if (!found) throw new Error(`The plan refers to ${reference}, which this stack does not have`)
    return found
  }
}
