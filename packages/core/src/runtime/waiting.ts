import type { WaitingEvent } from '../ports/index.ts'
import type { Waiting } from './fold.ts'
import { Line } from './line.ts'

type Key = Pick<WaitingEvent, 'stream' | 'version' | 'document'>

/** An event that was given to wait, or has failed: how often, and since when, is known here. */
type Added = Omit<WaitingEvent, 'attempts'>

/** An event that only an operator can help (G10), and why. */
export type FailedEvent = WaitingEvent & { readonly error: string }

/** What waits of one stream: for each document its events; under `undefined` the event it is parked at. */
type StreamEntries = Map<string | undefined, Line>

const PATIENCE = 60 * 60 * 1000

/**
 * The events of one consumer that wait, as stored, with what the batch in hand changes about them.
 *
 * 1. A stream that is parked as a whole is one entry: its first event that failed; all later ones wait behind it.
 * 2. An event that waits for one document is one entry for each event and document.
 * 3. (G8) What the batch in hand has applied counts as waiting until it is saved: readers do not see it earlier.
 * 4. (G10) An event that fails again is known to have failed before: since when, and how often.
 */
export class WaitingEvents implements Waiting {
  readonly #byStream = new Map<string, StreamEntries>()
  readonly #streamsByDocument = new Map<string, Set<string>>()
  /** Those of them whose first event has not failed. */
  readonly #dueByDocument = new Map<string, Set<string>>()
  readonly #added = new Map<string, WaitingEvent>()
  readonly #settled = new Map<string, WaitingEvent>()

  constructor(stored: readonly WaitingEvent[]) {
    for (const event of stored) this.#insert(event)
  }

  get isEmpty(): boolean {
    return this.#byStream.size === 0
  }

  isParked(stream: string): boolean {
    return this.#byStream.get(stream)?.has(undefined) ?? false
  }

  isDeferred(stream: string, document: string): boolean {
    return this.#streamsByDocument.get(document)?.has(stream) ?? false
  }

  isAwaited(document: string): boolean {
    return this.#dueByDocument.has(document)
  }

  /**
   * Documents that something waits for which may be applied as soon as they are there.
   *
   * @param isMeant leaves out other streams
   */
  awaitedDocuments(isMeant?: (stream: string) => boolean): string[] {
    if (!isMeant) return [...this.#dueByDocument.keys()]
    return [...this.#dueByDocument].flatMap(([document, streams]) => ([...streams].some(isMeant) ? [document] : []))
  }

  /** What waits for a document, stream by stream in version order. */
  waitingFor(document: string): WaitingEvent[][] {
    const streams = [...(this.#streamsByDocument.get(document) ?? [])].sort()
    return streams.map((stream) => this.#byStream.get(stream)?.get(document)?.events() ?? [])
  }

  parkedStreams(): WaitingEvent[] {
    return [...this.#byStream.values()].flatMap((entries) => entries.get(undefined)?.events() ?? [])
  }

  /** Documents that an event failed on after having waited for them. */
  failedDocuments(): string[] {
    const entries = [...this.#byStream.keys()].flatMap((stream) => this.#entriesOf(stream))
    return [...new Set(entries.filter(({ error }) => error !== undefined).map(({ document }) => document))]
      .filter((document) => document !== undefined)
      .sort()
  }

  add(added: Added): void {
    const key = keyOf(added)
    const event = this.#withHistory(added, this.#settled.get(key) ?? this.#find(added))
    this.#insert(event)
    this.#settled.delete(key)
    this.#added.set(key, event)
  }

  settle(event: Key): void {
    const key = keyOf(event)
    const known = this.#find(event)
    if (!known) return
    this.#remove(event)
    this.#added.delete(key)
    this.#settled.set(key, known)
  }

  has(event: Key): boolean {
    return this.#find(event) !== undefined
  }

  /** The first event of each line that failed, or whose document has not appeared for too long. */
  failed(now: number): FailedEvent[] {
    const lines = [...this.#byStream.values()].flatMap((entries) => [...entries.values()])
    return lines.flatMap(({ first }) => (first && isInNeedOfRepair(first, now) ? [withReason(first)] : []))
  }

  #withHistory(event: Added, before: WaitingEvent | undefined): WaitingEvent {
    if (event.error === undefined) return { ...event, attempts: 0 }
    const since = before?.error === undefined ? event.since : before.since
    return { ...event, since, attempts: (before?.attempts ?? 0) + 1 }
  }

  #find({ stream, version, document }: Key): WaitingEvent | undefined {
    return this.#byStream.get(stream)?.get(document)?.get(version)
  }

  /** What has changed since it was last saved. */
  changes(): { readonly waiting: readonly WaitingEvent[]; readonly settled: readonly Key[] } {
    return { waiting: [...this.#added.values()], settled: [...this.#settled.values()] }
  }

  /** The changes are stored. */
  saved(): void {
    this.#added.clear()
    this.#settled.clear()
  }

  /** How the events of a stream up to a version stand: applied, waiting for a document, or in need of repair. */
  standing(stream: string, version: number, now: number): 'applied' | 'deferred' | 'parked' {
    const waiting = this.#entriesOf(stream).filter((event) => event.version <= version)
    if (waiting.some((event) => isInNeedOfRepair(event, now))) return 'parked'
    const unsaved = [...this.#settled.values()].some((event) => event.stream === stream && event.version <= version)
    return waiting.length > 0 || unsaved ? 'deferred' : 'applied'
  }

  /** How streams stand together (G8); none of them stands in the way of a reader who has no need of them. */
  standingOfAll(
    streams: readonly { readonly stream: string; readonly version: number }[],
    isCovered: () => boolean,
    now: number,
  ): 'reached' | 'pending' | 'parked' {
    const standings = streams.map(({ stream, version }) => this.standing(stream, version, now))
    if (standings.includes('parked')) return 'parked'
    const isReached = standings.length === 0 || (!standings.includes('deferred') && isCovered())
    return isReached ? 'reached' : 'pending'
  }

  /** @param isMeant leaves out other streams */
  counts(
    now: number,
    isMeant: (stream: string) => boolean = always,
  ): { readonly parked: number; readonly deferred: number } {
    const all = [...this.#byStream.keys()].filter(isMeant).map((stream) => this.#entriesOf(stream))
    return {
      parked: all.filter((events) => events.some((event) => isInNeedOfRepair(event, now))).length,
      deferred: all.flat().filter(({ document }) => document !== undefined).length,
    }
  }

  #entriesOf(stream: string): WaitingEvent[] {
    return [...(this.#byStream.get(stream)?.values() ?? [])].flatMap((line) => line.events())
  }

  #insert(event: WaitingEvent): void {
    const { stream, document } = event
    const entries: StreamEntries = this.#byStream.get(stream) ?? new Map()
    const line = entries.get(document) ?? new Line()
    line.add(event)
    this.#byStream.set(stream, entries.set(document, line))
    if (document !== undefined) this.#index(stream, document, line)
  }

  #remove({ stream, version, document }: Key): void {
    const entries = this.#byStream.get(stream)
    const line = entries?.get(document)
    if (!entries || !line) return
    line.remove(version)
    if (line.size === 0) entries.delete(document)
    if (entries.size === 0) this.#byStream.delete(stream)
    if (document !== undefined) this.#index(stream, document, line)
  }

  #index(stream: string, document: string, line: Line): void {
    mark(this.#streamsByDocument, document, stream, line.size > 0)
    mark(this.#dueByDocument, document, stream, line.canMove)
  }
}

const always = () => true

/** Puts a stream among those of a document, or takes it out. */
function mark(streamsByDocument: Map<string, Set<string>>, document: string, stream: string, isIn: boolean): void {
  const streams = streamsByDocument.get(document)
  if (!isIn) {
    streams?.delete(stream)
    if (streams?.size === 0) streamsByDocument.delete(document)
  } else if (streams) streams.add(stream)
  else streamsByDocument.set(document, new Set([stream]))
}

function isInNeedOfRepair({ error, since }: WaitingEvent, now: number): boolean {
  return error !== undefined || now - since > PATIENCE
}

function withReason(event: WaitingEvent): FailedEvent {
  return { ...event, error: event.error ?? `its document '${event.document}' has not appeared for an hour` }
}

function keyOf({ stream, version, document }: Key): string {
  return JSON.stringify([stream, version, document])
}
