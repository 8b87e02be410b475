import { setTimeout as pause } from 'node:timers/promises'
import { type CommitKey, Commits } from './commits.ts'
import { Lease } from './lease.ts'
import { isWhole } from './pass.ts'
import { type ReconcileServices, reconcile } from './reconcile.ts'
import { Shards, type StreamBatch, type StreamPlace } from './shards.ts'
import { describeTables } from './tables.ts'

export interface SweepOptions {
  /** How long what was read may still be placed by who wrote it, and how often is read, in milliseconds. */
  readonly interval: number
  /** Milliseconds after which a process that does not go on is replaced. */
  readonly patience: number
}

const sweepOptions: SweepOptions = { interval: 2_000, patience: 15_000 }

/** Where there is no stream, the table is looked through only every so many turns. */
const turnsWithoutStream = 300

/** How many streams are looked at side by side. */
const streamsAtOnce = 100

/**
 * Places what nobody has placed, because a process died between an append and that.
 *
 * 1. One process at a time reads the stream of the table of events. What is not placed some seconds later, it places; then
 *    it saves how far it has come.
 * 2. The stream keeps records for 24 hours. When it may have lost some, or there is no stream, the whole table is looked
 *    through.
 * 3. What is placed so late may be what later commits of its stream have waited for, of which no record comes again: a version
 *    that was missing and was put back. So its stream is placed up to its end.
 */
export class Sweep {
  readonly #services: ReconcileServices
  readonly #options: SweepOptions
  readonly #commits: Commits
  readonly #lease: Lease
  readonly #shards: Shards
  readonly #closing = new AbortController()
  #blindTurns = 0
  readonly #running: Promise<void>

  constructor(services: ReconcileServices, options: SweepOptions = sweepOptions) {
    const { dynamo } = services
    this.#services = services
    this.#options = options
    this.#commits = new Commits(dynamo)
    this.#lease = new Lease(dynamo, 'sweep', options.patience)
    this.#shards = new Shards(dynamo)
    this.#running = this.#run()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    this.#shards.close()
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      // What fails now is tried again: nobody waits for it.
      await this.#sweep().catch(() => {})
      await this.#wait()
    }
  }

  /** Sweeps for as long as this process holds the lease. */
  async #sweep(): Promise<void> {
    const held = await this.#lease.take()
    if (!held) return
    const stream = await this.#findStream()
    let place = held.state === '' ? undefined : (JSON.parse(held.state) as StreamPlace)
    try {
      for (let isHeld = true; isHeld && !this.#closing.signal.aborted; ) {
        const state = stateOf(place)
        place = (await this.#counting(this.#turn(stream, place), state)) ?? place
        isHeld = await this.#lease.save(stateOf(place))
      }
    } finally {
      if (this.#closing.signal.aborted) await this.#lease.release(stateOf(place))
    }
  }

  /** Counts while work goes on that may take long; who was replaced meanwhile has done no harm. */
  async #counting<T>(work: Promise<T>, state: string): Promise<T> {
    const timer = setInterval(() => void this.#lease.save(state).catch(() => {}), this.#options.patience / 3)
    try {
      return await work
    } finally {
      clearInterval(timer)
    }
  }

  /** Resolves to the place up to which all is placed; undefined when it was stopped. */
  async #turn(stream: string | undefined, from: StreamPlace | undefined): Promise<StreamPlace | undefined> {
    const { signal } = this.#closing
    const batch = stream === undefined ? this.#withoutStream() : await this.#shards.read(stream, from)
    await this.#wait()
    if (signal.aborted) return undefined
    // Anew, whatever others have read before the gap.
    if (batch.hasGap && !isWhole(await reconcile(this.#services, { signal }))) return undefined
    await this.#placeRest(await this.#services.placer.placeMissing(batch.commits))
    return batch.place
  }

  /** Places what lies behind commits that were missing. */
  async #placeRest(missing: readonly CommitKey[]): Promise<void> {
    const streams = [...new Set(missing.map(({ stream }) => stream))]
    for (let from = 0; from < streams.length; from += streamsAtOnce) {
      const some = streams.slice(from, from + streamsAtOnce)
      const newest = await Promise.all(some.map((stream) => this.#commits.newest(stream)))
      await this.#services.placer.placeMissing(newest.filter((commit) => commit !== undefined))
    }
  }

  /** The stream of the table of events, if it has one. */
  async #findStream(): Promise<string | undefined> {
    const { events } = await describeTables(this.#services.dynamo)
    return events.StreamSpecification?.StreamEnabled ? events.LatestStreamArn : undefined
  }

  #withoutStream(): StreamBatch {
    this.#blindTurns += 1
    return { commits: [], place: { stream: '', shards: {} }, hasGap: this.#blindTurns % turnsWithoutStream === 1 }
  }

  async #wait(): Promise<void> {
    await pause(this.#options.interval, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {})
  }
}

function stateOf(place: StreamPlace | undefined): string {
  return place === undefined ? '' : JSON.stringify(place)
}
