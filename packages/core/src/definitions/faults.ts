/** Something wrong in a definition: where it stands and what it is. */
export interface Fault {
  readonly where: string
  readonly what: string
}

/** An application that cannot be built, with everything that is wrong with it. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
  readonly faults: readonly Fault[]

  constructor(application: string, faults: readonly Fault[]) {
    const lines = faults.map(({ where, what }) => `  - ${where}: ${what}`)
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`
    super(`The application '${application}' has ${count} in its definitions:\n${lines.join('\n')}`)
    this.faults = faults
  }
}

/** Collects faults while definitions are checked. */
export type Report = (where: string, what: string) => void

/** Names that occur more than once for different things. */
export function duplicates<T extends { readonly name: string }>(things: Iterable<T>): string[] {
  const seen = new Map<string, T>()
  const twice = new Set<string>()
  for (const thing of things) {
    const first = seen.get(thing.name)
    if (first !== undefined && first !== thing) twice.add(thing.name)
    seen.set(thing.name, thing)
  }
  return [...twice]
}
