import { stateAfter } from './live-state.ts'
import { Newest } from './newest.ts'
import { backoff, pause } from './pause.ts'
import { ProblemError, unexpected } from './problem-error.ts'
import { serverSentEvents } from './server-sent-events.ts'
import type { Transport } from './transport.ts'
import { isVisible, onVisibility } from './visibility.ts'

/**
 * How a live query is connected: `live` while changes come as they happen, `offline` while there is no connection, and
 * one is tried again and again.
 */
export type LiveState = 'connecting' | 'live' | 'offline'

export interface LiveOptions {
  /** Ends it. */
  readonly signal?: AbortSignal
  /** Told whenever the connection changes, for pages that show it. */
  readonly onState?: (state: LiveState) => void
}

/** A server lets itself be heard every 15 seconds: one that is silent for so long, in milliseconds, is not there. */
const SILENCE = 45_000

/**
 * A query that shows its answer as it is, then as it changes, over connections that may break.
 *
 * 1. Each connection goes on where the one before left off (`Last-Event-ID`). One that ends in good order is followed by the
 *    next, and the query stays `live` unless that fails.
 * 2. After an own write it is connected anew with the token of that, for which the server waits.
 * 3. While nobody can see the page there is no connection: a browser gives all pages of a server six, over HTTP/1.1, and
 *    hidden ones would keep them from those that are seen.
 * 4. A refusal ends it; whatever may pass by itself is tried again for as long as somebody listens.
 */
export class LiveQuery {
  /** What is shown, the newest. */
  readonly states: Newest<unknown>
  readonly #transport: Transport
  readonly #path: string
  readonly #address: string
  readonly #options: LiveOptions
  /** Ends the connection, or what is waited for before the next one. */
  #current = new AbortController()
  #isRenewed = false
  #hasEnded = false
  #state: LiveState | undefined
  #shown: unknown
  #id: string | undefined

  constructor(transport: Transport, path: string, address: string, options: LiveOptions) {
    this.#transport = transport
    this.#path = path
    this.#address = address
    this.#options = options
    this.states = new Newest<unknown>(() => this.#begin())
  }

  #begin(): () => void {
    const { signal } = this.#options
    const end = () => this.states.end()
    const stopHearing = this.#transport.writes.onWrite(() => this.#renew())
    const stopLooking = onVisibility(() => this.#connectAnew())
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
    else void this.#run()
    return () => {
      this.#hasEnded = true
      stopHearing()
      stopLooking()
      signal?.removeEventListener('abort', end)
      this.#current.abort()
    }
  }

  #renew(): void {
    // What is older than the write is not shown any more; so the server has to tell what there is.
    if (this.states.drop()) this.#id = undefined
    this.#connectAnew()
  }

  #connectAnew(): void {
    this.#isRenewed = true
    this.#current.abort()
  }

  async #run(): Promise<void> {
    this.#tell('connecting')
    for (let failures = 0; !this.#hasEnded; ) {
      this.#isRenewed = false
      if (!isVisible()) {
        await this.#wait(Number.POSITIVE_INFINITY)
        continue
      }
      const onOpen = () => {
        failures = 0
        this.#tell('live')
      }
      try {
        // A gateway that does not stream ends each answer when it has told something: that is no loss of anything.
        await this.#listen(onOpen)
      } catch (error) {
        if (!this.#isRenewed && !this.#canPass(error)) return this.states.fail(error)
      }
      if (this.#isRenewed) continue
      failures += 1
      await this.#wait(backoff(failures))
    }
  }

  #wait(milliseconds: number): Promise<void> {
    this.#current = new AbortController()
    return pause(milliseconds, this.#current.signal)
  }

  /** Listens over one connection until that ends. */
  async #listen(onOpen: () => void): Promise<void> {
    const connection = new AbortController()
    this.#current = connection
    let watchdog: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => connection.abort(), SILENCE)
    }
    heard()
    try {
      const answer = await this.#open(connection.signal)
      if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) throw unexpected(answer)
      onOpen()
      for await (const event of serverSentEvents(answer.body as ReadableStream<Uint8Array>, heard)) {
        if (connection.signal.aborted) return
        this.#show(stateAfter(this.#shown, event))
        this.#id = event.id
      }
    } finally {
      clearTimeout(watchdog)
    }
  }

  #open(signal: AbortSignal): Promise<Response> {
    const headers = { accept: 'text/event-stream', ...(this.#id && { 'last-event-id': this.#id }) }
    // Chrome holds changes of an address back while a read of it that may be kept has no headers yet, for up to 20 seconds:
    // gateways that do not stream send headers last.
    const request = { method: 'GET', address: this.#address, headers, cache: 'no-store', signal } as const
    return this.#transport.read(this.#path, request, (opened) => this.#transport.open(opened))
  }

  #show(shown: unknown): void {
    this.#shown = shown
    this.states.put(shown)
  }

  /** Whether what has failed may succeed later. */
  #canPass(error: unknown): boolean {
    if (error instanceof ProblemError && error.code === 'not-found') {
      // There is no such document yet, or not any more: when it is there again it has to be told, also if it is the same.
      this.#tell('live')
      if (this.#shown !== null) this.#show(null)
      this.#id = undefined
      return true
    }
    this.#tell('offline')
    return !(error instanceof ProblemError) || error.isPassing || error.status >= 500
  }

  #tell(state: LiveState): void {
    if (this.#state === state || this.#hasEnded) return
    this.#state = state
    this.#options.onState?.(state)
  }
}
