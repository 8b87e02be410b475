import type { WaitingEvent } from '../ports/index.ts'

/**
 * The events of one stream that wait for the same thing, in version order. Thousands may wait behind one: what comes last
 * and what goes first cost the same however many there are.
 */
export class Line {
  #events = new Map<number, WaitingEvent>()
  #newest = 0
  #isSorted = true
  #failed = 0

  get size(): number {
    return this.#events.size
  }

  /** Whether the first of them may be applied. Only the first can have failed, and then nothing behind it can be. */
  get canMove(): boolean {
    return this.#events.size > 0 && this.#failed === 0
  }

  get first(): WaitingEvent | undefined {
    this.#sort()
    return this.#events.values().next().value
  }

  get(version: number): WaitingEvent | undefined {
    return this.#events.get(version)
  }

  /** Puts an event in its place, over what is known of it. */
  add(event: WaitingEvent): void {
    const { version } = event
    const known = this.#events.get(version)
    if (version < this.#newest && !known) this.#isSorted = false
    this.#failed += Number(hasFailed(event)) - Number(hasFailed(known))
    this.#newest = Math.max(this.#newest, version)
    this.#events.set(version, event)
  }

  remove(version: number): void {
    this.#failed -= Number(hasFailed(this.#events.get(version)))
    this.#events.delete(version)
  }

  /** As a list that stays as it is when the line changes. */
  events(): WaitingEvent[] {
    this.#sort()
    return [...this.#events.values()]
  }

  #sort(): void {
    if (!this.#isSorted) this.#events = new Map([...this.#events].sort(([a], [b]) => a - b))
    this.#isSorted = true
  }
}

function hasFailed(event: WaitingEvent | undefined): boolean {
  return event?.error !== undefined
}
