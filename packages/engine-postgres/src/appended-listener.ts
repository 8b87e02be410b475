import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Cursor } from 'weir/ports'
import type { Database } from './database.ts'
import type { Feed } from './feed.ts'

/** How often the log is looked at while nobody can be heard, in milliseconds. */
const lookInterval = 100

/** How long one's own call may take to come back, in milliseconds. */
const echoTimeout = 2_000

/** After how long one calls again, to see whether one would be heard, in milliseconds. */
const echoInterval = 10_000

/** How long to wait before a new connection listens, in milliseconds: at first, and at most. */
const firstPause = 1_000
const lastPause = 30_000

interface Calls {
  /** Undefined: nobody is listened to. */
  readonly channel: string | undefined
  /** What calls of this process say. */
  readonly id: string
  /** Calls all processes, this one too. */
  readonly call: () => Promise<void>
  /** Something has been appended. */
  readonly tell: () => void
}

/**
 * Learns what other processes append, on a connection of its own that listens for their calls (LISTEN).
 *
 * It is believed only while it hears the calls of this process, too: a pooler such as PgBouncer lets one listen, and
 * gives no calls; a network that is cut says nothing. While it is not believed the log is looked at every 100 ms.
 */
export class AppendedListener {
  readonly #database: Database
  readonly #feed: Feed
  readonly #calls: Calls
  readonly #closing = new AbortController()
  readonly #looking: NodeJS.Timeout
  readonly #listening: Promise<void>
  #cursor: Cursor | undefined
  #isLooking = false
  #isHearing = false
  #echo: (() => void) | undefined

  constructor(database: Database, feed: Feed, calls: Calls) {
    this.#database = database
    this.#feed = feed
    this.#calls = calls
    this.#looking = setInterval(() => void this.#look(), lookInterval)
    this.#looking.unref()
    this.#listening = calls.channel === undefined ? Promise.resolve() : this.#listen(calls.channel)
  }

  async close(): Promise<void> {
    clearInterval(this.#looking)
    this.#closing.abort()
    await this.#listening
  }

  async #listen(channel: string): Promise<void> {
    for (let wait = firstPause; !this.#closing.signal.aborted; wait = Math.min(wait * 2, lastPause)) {
      if (await this.#listenOnce(channel)) wait = firstPause
      await this.#rest(wait)
    }
  }

  /** Listens until the connection breaks, or is not believed any more; whether it ever was. */
  async #listenOnce(channel: string): Promise<boolean> {
    const client = this.#database.newClient()
    let wasHeard = false
    try {
      await client.connect()
      const gone = Promise.race([once(client, 'end'), once(this.#closing.signal, 'abort')])
      // It rejects where the connection breaks: who waits for it learns that; at times nobody does.
      gone.catch(() => {})
      client.on('notification', ({ payload }) => this.#hear(payload))
      await client.query(`LISTEN ${channel}`)
      socketOf(client).unref()
      while (await this.#isHeard(gone)) {
        wasHeard = true
        await Promise.race([gone, this.#rest(echoInterval)])
      }
    } catch {
      // There is no connection: it is tried again, and the log is looked at meanwhile.
    }
    this.#isHearing = false
    await end(client)
    return wasHeard
  }

  /** Whether an own call is heard. What others have appended before is told then: their calls may have been missed. */
  async #isHeard(gone: Promise<unknown>): Promise<boolean> {
    const echo = new Promise<true>((resolve) => {
      this.#echo = () => resolve(true)
    })
    await this.#calls.call()
    const isHearing = await Promise.race([echo, gone.then(() => false), this.#rest(echoTimeout).then(() => false)])
    if (isHearing && !this.#isHearing) this.#calls.tell()
    this.#isHearing = isHearing
    return isHearing
  }

  #hear(payload: string | undefined): void {
    if (payload === this.#calls.id) this.#echo?.()
    else this.#calls.tell()
  }

  async #look(): Promise<void> {
    if (this.#isHearing || this.#isLooking) return
    this.#isLooking = true
    try {
      // What was appended before the first look may have been missed.
      const page = this.#cursor === undefined ? undefined : await this.#feed.read(this.#cursor, 1, undefined)
      const isNew = page === undefined || page.commits.length > 0
      this.#cursor = isNew ? await this.#feed.end() : page.cursor
      if (isNew) this.#calls.tell()
    } catch {
      // The server is away: who reads learns it. The next look finds what was appended meanwhile.
    }
    this.#isLooking = false
  }

  async #rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {})
  }
}

async function end(client: Client): Promise<void> {
  // The process may have nothing else to wait for.
  socketOf(client).ref()
  // One that is cut off does not answer; nobody waits for it.
  await Promise.race([client.end().catch(() => {}), pause(1_000, undefined, { ref: false })])
}

function socketOf(client: Client): Socket {
  return client.connection.stream as Socket
}
