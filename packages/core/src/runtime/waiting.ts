import type { WaitingEvent } from '../ports/index.ts'
import type { Waiting } from './fold.ts'

type Key = Pick<WaitingEvent, 'stream' | 'version' | 'document'>

const PATIENCE = 60 * 60 * 1000

/**
 * The events of one consumer that wait, as stored, with what the batch in hand changes about them.
 *
 * 1. A stream that is parked as a whole is one entry: its first event that failed; all later ones wait behind it.
 * 2. An event that waits for one document is one entry for each event and document.
 */
export class WaitingEvents implements Waiting {
  readonly #byStream = new Map<string, WaitingEvent[]>()
  readonly #streamsByDocument = new Map<string, Set<string>>()
  #added: WaitingEvent[] = []
  #settled: Key[] = []

  constructor(stored: readonly WaitingEvent[]) {
    for (const event of stored) this.#insert(event)
  }

  isParked(stream: string): boolean {
    return this.#byStream.get(stream)?.some(({ document }) => document === undefined) ?? false
  }

  isDeferred(stream: string, document: string): boolean {
    return this.#streamsByDocument.get(document)?.has(stream) ?? false
  }

  isAwaited(document: string): boolean {
    return this.#streamsByDocument.has(document)
  }

  /** What waits for a document, stream by stream in version order. */
  waitingFor(document: string): WaitingEvent[][] {
    const streams = [...(this.#streamsByDocument.get(document) ?? [])].sort()
    return streams.map((stream) => (this.#byStream.get(stream) ?? []).filter((event) => event.document === document))
  }

  parkedStreams(): WaitingEvent[] {
    return [...this.#byStream.values()].flat().filter(({ document }) => document === undefined)
  }

  add(event: WaitingEvent): void {
    const { stream, version, document } = event
    const known = this.#byStream.get(stream)?.some((other) => other.version === version && other.document === document)
    if (known) this.#remove(event)
    this.#insert(event)
    this.#added.push(event)
  }

  settle(key: Key): void {
    this.#remove(key)
    this.#added = this.#added.filter((event) => !isSame(event, key))
    this.#settled.push(key)
  }

  /** What has changed since it was last asked. */
  takeChanges(): { readonly waiting: readonly WaitingEvent[]; readonly settled: readonly Key[] } {
    const changes = { waiting: this.#added, settled: this.#settled }
    this.#added = []
    this.#settled = []
    return changes
  }

  /** How the events of a stream up to a version stand: applied, waiting for a document, or in need of repair. */
  standing(stream: string, version: number, now: number): 'applied' | 'deferred' | 'parked' {
    const waiting = (this.#byStream.get(stream) ?? []).filter((event) => event.version <= version)
    if (waiting.some((event) => isInNeedOfRepair(event, now))) return 'parked'
    return waiting.length > 0 ? 'deferred' : 'applied'
  }

  counts(now: number): { readonly parked: number; readonly deferred: number } {
    const all = [...this.#byStream.values()]
    return {
      parked: all.filter((events) => events.some((event) => isInNeedOfRepair(event, now))).length,
      deferred: all.flat().filter(({ document }) => document !== undefined).length,
    }
  }

  #insert(event: WaitingEvent): void {
    const { stream, document } = event
    const events = this.#byStream.get(stream)
    if (events) events.push(event)
    else this.#byStream.set(stream, [event])
    if (document === undefined) return
    const streams = this.#streamsByDocument.get(document)
    if (streams) streams.add(stream)
    else this.#streamsByDocument.set(document, new Set([stream]))
  }

  #remove(key: Key): void {
    const { stream, document } = key
    const left = (this.#byStream.get(stream) ?? []).filter((event) => !isSame(event, key))
    if (left.length > 0) this.#byStream.set(stream, left)
    else this.#byStream.delete(stream)
    if (document === undefined || left.some((event) => event.document === document)) return
    const streams = this.#streamsByDocument.get(document)
    streams?.delete(stream)
    if (streams?.size === 0) this.#streamsByDocument.delete(document)
  }
}

function isInNeedOfRepair({ error, since }: WaitingEvent, now: number): boolean {
  return error !== undefined || now - since > PATIENCE
}

function isSame(event: Key, key: Key): boolean {
  return event.stream === key.stream && event.version === key.version && event.document === key.document
}
