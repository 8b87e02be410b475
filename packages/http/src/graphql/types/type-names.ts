import { freeName } from '../../openapi/words.ts'

/** Gives names to types, each name once. */
export class TypeNames {
  readonly #taken = new Set(['Query', 'Mutation', 'Subscription', 'ID', 'String', 'Int', 'Float', 'Boolean', 'JSON'])

  /** The first of these that is free, else the last with a number. */
  take(...wanted: readonly string[]): string {
    const name = freeName(wanted, (taken) => this.#taken.has(taken))
    this.#taken.add(name)
    return name
  }
}
