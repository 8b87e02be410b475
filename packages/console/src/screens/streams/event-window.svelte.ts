import { SvelteMap } from 'svelte/reactivity'
import { type Problem, problemFrom } from '../../api/problem.ts'
import type { ExploredEvent } from '../../api/shapes.ts'

type Read = (after: number, limit: number) => Promise<readonly ExploredEvent[]>

const size = 100

/** The events of a stream, as far as they were looked at: versions have no gaps, so that each has its place in a list. */
export class EventWindow {
  problem: Problem | undefined = $state.raw()
  readonly #events = new SvelteMap<number, ExploredEvent>()
  /** Blocks of a hundred versions that are being read, by their first version. */
  readonly #reading = new Set<number>()
  readonly #read: Read

  /** @param read reads at most so many events behind a version */
  constructor(read: Read) {
    this.#read = read
  }

  /** The event at a version; undefined while it has not been read. */
  at(version: number): ExploredEvent | undefined {
    return this.#events.get(version)
  }

  /** Sees to it that the events of these versions are read, if they are not. */
  need(from: number, to: number): void {
    for (let block = from - ((from - 1) % size); block <= to; block += size) {
      if (this.#missing(Math.max(from, block), Math.min(to, block + size - 1)) !== undefined) void this.#load(block)
    }
  }

  #missing(from: number, to: number): number | undefined {
    for (let version = from; version <= to; version++) if (!this.#events.has(version)) return version
    return undefined
  }

  async #load(block: number): Promise<void> {
    if (this.#reading.has(block)) return
    this.#reading.add(block)
    try {
      await this.#fill(block, block + size - 1)
      this.problem = undefined
    } catch (error) {
      this.problem = problemFrom(error)
    } finally {
      this.#reading.delete(block)
    }
  }

  /** Large events come in pages of fewer than were asked for. */
  async #fill(from: number, to: number): Promise<void> {
    for (let next = this.#missing(from, to); next !== undefined; next = this.#missing(from, to)) {
      const events = await this.#read(next - 1, to - next + 1)
      if (events.length === 0) return
      for (const event of events) this.#events.set(event.version, event)
    }
  }
}
