import type { AnyAggregate, RecordedEvent } from '../definitions/index.ts'
import { jsonSchemaOf } from '../definitions/index.ts'
import type { EventStore, Logger } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { hashOf } from './derived-id.ts'
import { messageOf, UndecodableEventError } from './errors.ts'
import { newestOf } from './newest-position.ts'
import { placeOf, readEvent } from './read-event.ts'
import { Recent } from './recent.ts'

/** An aggregate's state at a version. */
export interface VersionedState {
  readonly state: unknown
  /** 0: nothing was appended yet. */
  readonly version: number
}

const PAGE = 200
/** So many events are applied in a turn. */
const EVENTS_IN_A_TURN = 1000
const STATES_BEHIND = 100
const SNAPSHOT_EVERY = 1000

/**
 * States of aggregates: from memory, else from the snapshot and the events after it.
 *
 * 1. What is cached may be behind the store; whoever decides on it lets the append confirm its version (G1, G7). What is
 *    known to be behind is not given any more, but it is gone on from: a long stream is not read again for each conflict.
 * 2. The cache is bounded; what was used least recently goes first.
 * 3. (G7) Nothing is decided on a history of which a version is missing, as after a restore that lost it.
 * 4. A long stream is read in pages, and others get their turn between two of them, and between many events of one.
 */
export class StateStore {
  readonly #events: EventStore
  readonly #logger: Logger
  readonly #cache: Recent<VersionedState>
  readonly #breathe: () => Promise<void>
  /** States that are known to be behind. */
  readonly #behind: Recent<VersionedState>
  readonly #fingerprints = new Map<AnyAggregate, string>()

  /**
   * @param cachedStates the most states that are kept; at least half as many of those used last are there
   * @param breathe lets others have their turn
   */
  constructor(events: EventStore, logger: Logger, cachedStates: number, breathe: () => Promise<void> = atOnce) {
    this.#events = events
    this.#logger = logger
    this.#cache = new Recent(Math.ceil(cachedStates / 2))
    this.#behind = new Recent(STATES_BEHIND)
    this.#breathe = breathe
  }

  /** What is known without asking the store. */
  cached(stream: string): VersionedState | undefined {
    return this.#cache.get(stream)
  }

  forget(stream: string): void {
    this.#cache.delete(stream)
    this.#behind.delete(stream)
  }

  /** Another process has appended to the stream: what is known of it has to be brought up to date. */
  overtaken(stream: string): void {
    const cached = this.#cache.get(stream)
    this.#cache.delete(stream)
    if (cached && cached.version > 0) this.#behind.set(stream, cached)
  }

  /** Remembers a state that was just appended, and saves a snapshot when one is due. */
  remember(aggregate: AnyAggregate, stream: string, before: number, after: VersionedState): void {
    this.#cache.set(stream, after)
    this.#behind.delete(stream)
    const every = aggregate.snapshot?.every ?? SNAPSHOT_EVERY
    if (aggregate.snapshot && Math.floor(before / every) < Math.floor(after.version / every)) {
      void this.#saveSnapshot(aggregate, stream, after)
    }
  }

  /**
   * The state at the newest version, or at `upTo`.
   *
   * @throws UndecodableEventError when history holds what the aggregate cannot read
   */
  async load(
    aggregate: AnyAggregate,
    stream: string,
    upTo: number = Number.POSITIVE_INFINITY,
  ): Promise<VersionedState> {
    const cached = this.#cache.get(stream)
    if (cached?.version === upTo) return cached
    const loaded = aggregate.raw
      ? await this.#versionOf(aggregate, stream, upTo)
      : await this.#folded(aggregate, stream, upTo)
    if (upTo === Number.POSITIVE_INFINITY) this.#keepLoaded(stream, loaded)
    return loaded
  }

  /** A raw aggregate has no state: nothing of a stream of it has to be read. */
  async #versionOf(aggregate: AnyAggregate, stream: string, upTo: number): Promise<VersionedState> {
    const { streams } = await newestOf(this.#events, [stream])
    return { ...initial(aggregate), version: Math.min(streams[0]?.version ?? 0, upTo) }
  }

  async #folded(aggregate: AnyAggregate, stream: string, upTo: number): Promise<VersionedState> {
    const behind = this.#behind.get(stream)
    let current =
      behind && behind.version <= upTo
        ? behind
        : ((await this.#fromSnapshot(aggregate, stream, upTo)) ?? initial(aggregate))
    for (let inTurn = 0; ; inTurn = 0) {
      const commits = await this.#events.readStream(stream, current.version, PAGE)
      for (const commit of commits) {
        for (const event of decodeCommit(commit)) {
          if (event.version <= current.version) continue
          if (event.version > upTo) return current
          if (event.version > current.version + 1) throw incomplete(stream, current.version + 1)
          current = { state: evolve(aggregate, current.state, event), version: event.version }
          inTurn += 1
          if (inTurn % EVENTS_IN_A_TURN === 0) await this.#breathe()
        }
      }
      if (commits.length < PAGE) break
      await this.#breathe()
    }
    return current
  }

  /** What was read may be overtaken, by the time it has been read, by what was appended. */
  #keepLoaded(stream: string, state: VersionedState): void {
    const known = this.#cache.get(stream)
    if (!known || known.version <= state.version) this.#cache.set(stream, state)
    this.#behind.delete(stream)
  }

  async #fromSnapshot(aggregate: AnyAggregate, stream: string, upTo: number): Promise<VersionedState | undefined> {
    if (!aggregate.snapshot) return undefined
    const snapshot = await this.#events.loadSnapshot(stream, this.#fingerprint(aggregate))
    if (!snapshot || snapshot.version > upTo) return undefined
    const parsed = aggregate.snapshot.schema.safeParse(parseOrUndefined(snapshot.state))
    if (!parsed.success) return undefined
    return { state: parsed.data, version: snapshot.version }
  }

  /** A snapshot only saves time: that it cannot be saved harms nobody. */
  async #saveSnapshot(aggregate: AnyAggregate, stream: string, { state, version }: VersionedState): Promise<void> {
    try {
      const snapshot = { version, fingerprint: this.#fingerprint(aggregate), state: JSON.stringify(state) }
      await this.#events.saveSnapshot(stream, snapshot)
    } catch (error) {
      this.#logger.warn({ err: error, stream, version }, 'a snapshot could not be saved')
    }
  }

  #fingerprint(aggregate: AnyAggregate): string {
    const known = this.#fingerprints.get(aggregate)
    if (known || !aggregate.snapshot) return known ?? ''
    const { revision, schema } = aggregate.snapshot
    const fingerprint = hashOf([revision, jsonSchemaOf(schema, 'output')])
    this.#fingerprints.set(aggregate, fingerprint)
    return fingerprint
  }
}

async function atOnce(): Promise<void> {}

/** An aggregate of which nothing has been recorded. */
export function initial(aggregate: AnyAggregate): VersionedState {
  return { state: aggregate.initialState, version: 0 }
}

function evolve(aggregate: AnyAggregate, state: unknown, recorded: RecordedEvent): unknown {
  const event = readEvent(aggregate, recorded)
  try {
    return aggregate.evolve(state, event)
  } catch (cause) {
    throw new UndecodableEventError(`${placeOf(event)} cannot be applied: ${messageOf(cause)}`, { cause })
  }
}

function incomplete(stream: string, version: number): UndecodableEventError {
  return new UndecodableEventError(
    `Version ${version} of ${stream} is missing, though later ones are there: nothing can be decided on it until it is put ` +
      'back from a backup',
  )
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
