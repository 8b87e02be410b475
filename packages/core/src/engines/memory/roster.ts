import type { Attendance, Roster } from '../../ports/index.ts'

/** The applications that run on one store in memory: as many as were started on it. */
export class MemoryRoster implements Roster {
  readonly #entered = new Map<string, Attendance>()

  async attend(id: string, skills: string): Promise<Attendance[]> {
    const count = (this.#entered.get(id)?.count ?? 0) + 1
    this.#entered.set(id, { id, skills, count })
    return [...this.#entered.values()]
  }

  async leave(id: string): Promise<void> {
    this.#entered.delete(id)
  }
}
