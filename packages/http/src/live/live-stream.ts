import { type EventSource, eventStream, Waker } from './event-stream.ts'
import type { LiveQuery } from './live-query.ts'
import { type Difference, differenceOf, type Shown } from './shown.ts'

export interface LiveStreamOptions {
  /** What the caller has already: the tag of `Last-Event-ID`. */
  readonly known: string | undefined
  /** How a state is told in full, as JSON. */
  readonly snapshot: (shown: Shown) => string
  /** How a change is told, as JSON; undefined: by the whole state. */
  readonly change?: (difference: Difference) => string
  /** The caller has gone. */
  readonly onEnd: () => void
}

/**
 * A stream of server-sent events: the state of a query, then its changes.
 *
 * 1. What is sent next is made when the caller takes it. Who is slow gets fewer and larger changes: nothing piles up.
 * 2. The id of each event names the state behind it: who comes again with that is only sent what has changed since, or
 *    the whole state when that is not known any more.
 */
export function liveStream(query: LiveQuery, first: Shown, options: LiveStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const waker = new Waker()
  let sent: Shown | undefined = options.known === first.tag ? first : undefined
  const leave = query.join(() => waker.wake())
  const next = (): Uint8Array | undefined => {
    const shown = query.shown ?? first
    if (sent?.tag === shown.tag) return undefined
    const before = sent
    sent = shown
    return query.told(before?.tag, () => encoder.encode(eventOf(shown, before, options)))
  }
  const source: EventSource = {
    next,
    heartbeat: () => ': still here\n\n',
    leave: () => {
      leave()
      options.onEnd()
    },
  }
  return eventStream('this stream shows changes as they come', source, waker)
}

function eventOf(shown: Shown, before: Shown | undefined, { snapshot, change }: LiveStreamOptions): string {
  const isWhole = before === undefined || change === undefined
  const data = isWhole ? snapshot(shown) : change(differenceOf(before, shown))
  return `event: ${isWhole ? 'snapshot' : 'change'}\nid: ${shown.tag}\ndata: ${data}\n\n`
}
