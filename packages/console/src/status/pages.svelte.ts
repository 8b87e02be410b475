import { untrack } from 'svelte'
import type { Page } from '../api/client.ts'
import { type Problem, problemFrom } from '../api/problem.ts'

type Read<Item> = (at: string, signal: AbortSignal) => Promise<Page<Item>>

/** A list that is read page by page, as far as one wants to see it. */
export class Pages<Item> {
  items: readonly Item[] = $state.raw([])
  next: string | undefined = $state()
  loading: boolean = $state(true)
  problem: Problem | undefined = $state.raw()
  readonly #read: Read<Item>
  #first = ''
  #reading = new AbortController()

  constructor(read: Read<Item>) {
    this.#read = read
  }

  /** Begins anew at an address. */
  begin(at: string): void {
    this.#first = at
    this.items = []
    this.#turn(at)
  }

  /** Reads the next page. */
  more(): void {
    if (this.next !== undefined && !this.loading) this.#turn(this.next)
  }

  /** Begins anew where it began. */
  again(): void {
    this.begin(this.#first)
  }

  end(): void {
    this.#reading.abort()
  }

  #turn(at: string): void {
    this.end()
    this.#reading = new AbortController()
    this.loading = true
    void this.#load(at, this.#reading.signal)
  }

  async #load(at: string, signal: AbortSignal): Promise<void> {
    try {
      const { items, next } = await this.#read(at, signal)
      if (signal.aborted) return
      this.items = [...this.items, ...items]
      this.next = next
      this.problem = undefined
    } catch (error) {
      if (!signal.aborted) this.problem = problemFrom(error)
    } finally {
      if (!signal.aborted) this.loading = false
    }
  }
}

/** Pages that live as long as the component that asks for them, and begin anew when the address changes. */
export function pages<Item>(address: () => string, read: Read<Item>): Pages<Item> {
  const list = new Pages(read)
  $effect(() => {
    const at = address()
    untrack(() => list.begin(at))
    return () => list.end()
  })
  return list
}
