import { type Message, messagesIn } from '../../api/messages.ts'
import { type Problem, problemFrom } from '../../api/problem.ts'
import type { ExploredEvent } from '../../api/shapes.ts'
import { Rate } from './rate.ts'

/** An event, or how many the server has left out because this page was slow. */
export type TailRow =
  | { readonly key: number; readonly event: ExploredEvent }
  | { readonly key: number; readonly skipped: number }

/** Opens the stream of events, behind the event with this id if there is one. */
type Open = (after: string | undefined, signal: AbortSignal) => Promise<Response>

const most = 500
const drawEvery = 150
const patience = { first: 1000, most: 10_000 }

/** Events as they are recorded: the newest ones, as many as a page can bear. */
export class Tail {
  /** The newest first. */
  rows: readonly TailRow[] = $state.raw([])
  state: 'connecting' | 'live' | 'away' = $state('connecting')
  problem: Problem | undefined = $state.raw()
  paused: boolean = $state(false)
  /** How many came since it was paused. */
  held: number = $state(0)
  /** Events a second, lately. */
  rate: number = $state(0)
  #coming: TailRow[] = []
  #last: string | undefined
  #key = 0
  #connection = new AbortController()
  #wake: () => void = () => {}
  readonly #rate = new Rate()

  /**
   * Follows until it is told to stop; comes again when the connection breaks. While the page is hidden it has none: browsers
   * give all pages of a server only a few.
   */
  run(open: Open): () => void {
    const ending = new AbortController()
    const drawing = setInterval(() => this.#draw(), drawEvery)
    const look = () => (document.hidden ? this.#connection.abort() : this.#wake())
    document.addEventListener('visibilitychange', look)
    void this.#follow(open, ending.signal)
    return () => {
      document.removeEventListener('visibilitychange', look)
      clearInterval(drawing)
      ending.abort()
      this.#connection.abort()
      this.#wake()
    }
  }

  clear(): void {
    this.rows = []
  }

  togglePause(): void {
    this.paused = !this.paused
    this.held = 0
    this.#draw()
  }

  async #follow(open: Open, signal: AbortSignal): Promise<void> {
    let wait = patience.first
    while (!signal.aborted) {
      if (document.hidden) {
        await this.#pause()
        continue
      }
      this.#connection = new AbortController()
      const lasted = await this.#listen(open, this.#connection.signal)
      if (signal.aborted) return
      this.state = 'away'
      if (this.#connection.signal.aborted) continue
      if (isFinal(this.problem)) return
      wait = lasted ? patience.first : Math.min(2 * wait, patience.most)
      await this.#pause(wait)
    }
  }

  /** @param milliseconds until it is woken if not given */
  #pause(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Takes what one connection brings; answers whether there was one. */
  async #listen(open: Open, signal: AbortSignal): Promise<boolean> {
    let isOpen = false
    try {
      const { body } = await open(this.#last, signal)
      isOpen = true
      this.state = 'live'
      this.problem = undefined
      if (body) for await (const message of messagesIn(body)) this.#take(message)
    } catch (error) {
      if (!signal.aborted) this.problem = problemFrom(error)
    }
    return isOpen
  }

  #take({ event, data, id }: Message): void {
    this.#last = id ?? this.#last
    this.#key += 1
    const key = this.#key
    if (event === 'skipped') this.#keep({ key, skipped: (JSON.parse(data) as { count: number }).count })
    if (event !== 'event') return
    this.#keep({ key, event: JSON.parse(data) as ExploredEvent })
    this.#rate.count(performance.now())
    if (this.paused) this.held += 1
  }

  #keep(row: TailRow): void {
    this.#coming.push(row)
    if (this.#coming.length > most) this.#coming.shift()
  }

  #draw(): void {
    this.rate = this.#rate.at(performance.now())
    if (this.paused || this.#coming.length === 0) return
    this.rows = [...this.#coming.reverse(), ...this.rows].slice(0, most)
    this.#coming = []
  }
}

/** Whether asking again would be answered the same. */
function isFinal(problem: Problem | undefined): boolean {
  return problem !== undefined && problem.status >= 400 && problem.status < 500
}
