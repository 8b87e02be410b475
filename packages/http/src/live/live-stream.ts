import type { LiveQuery } from './live-query.ts'
import { type Difference, differenceOf, type Shown } from './shown.ts'

/** So that proxies, which close connections that are silent, keep it, and who has gone is noticed; in milliseconds. */
const HEARTBEAT = 15_000

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
  let sent: Shown | undefined = options.known === first.tag ? first : undefined
  let wake: () => void = () => {}
  const leave = query.join(() => wake())
  const changed = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, HEARTBEAT)
      timer.unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const next = (): Uint8Array | undefined => {
    const shown = query.shown ?? first
    if (sent?.tag === shown.tag) return undefined
    const before = sent
    sent = shown
    return query.told(before?.tag, () => encoder.encode(eventOf(shown, before, options)))
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        // Headers go out with the first bytes.
        controller.enqueue(encoder.encode(': this stream shows changes as they come\n\n'))
      },
      pull: async (controller) => {
        let event = next()
        if (event === undefined) {
          await changed()
          event = next()
        }
        controller.enqueue(event ?? encoder.encode(': still here\n\n'))
      },
      cancel: () => {
        wake()
        leave()
        options.onEnd()
      },
    },
    { highWaterMark: 1 },
  )
}

function eventOf(shown: Shown, before: Shown | undefined, { snapshot, change }: LiveStreamOptions): string {
  const isWhole = before === undefined || change === undefined
  const data = isWhole ? snapshot(shown) : change(differenceOf(before, shown))
  return `event: ${isWhole ? 'snapshot' : 'change'}\nid: ${shown.tag}\ndata: ${data}\n\n`
}
