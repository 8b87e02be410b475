import type { ProjectionStatus } from 'weir/runtime'

/** A rebuild that has not moved for so many looks has nobody who works on it. */
const patience = 5

/** Finds rebuilds that nobody works on: the execution of their state machine was lost or has failed. */
export class StalledRebuilds {
  readonly #seen = new Map<string, { readonly progress: string; looks: number }>()

  /** Looks once. Answers those that have stood still for a while; they are told again after as long a while. */
  look(app: string, projections: readonly ProjectionStatus[]): string[] {
    return projections.filter((each) => this.#hasStalled(`${app}/${each.name}`, each)).map(({ name }) => name)
  }

  #hasStalled(key: string, { rebuild }: ProjectionStatus): boolean {
    if (rebuild?.state !== 'running') {
      this.#seen.delete(key)
      return false
    }
    const progress = `${rebuild.generation}:${rebuild.done}`
    const seen = this.#seen.get(key)
    if (seen?.progress !== progress) {
      this.#seen.set(key, { progress, looks: 1 })
      return false
    }
    seen.looks += 1
    return seen.looks % patience === 0
  }
}
