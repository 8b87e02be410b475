import { type EventSource, eventStream, Waker } from '../../live/event-stream.ts'

/** A result in the protocol of graphql-sse. */
function nextEvent(result: unknown): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`
}

/** One result, and the end: how an operation that does not go on is told as events. */
export function onlyEvent(result: unknown): string {
  return `${nextEvent(result)}event: complete\ndata: \n\n`
}

/**
 * A stream of server-sent events with results as they come, in the protocol of graphql-sse (distinct connections).
 *
 * @param results asked for one after the other, when the caller takes the next; they end when the caller leaves
 */
export function resultStream(results: AsyncIterator<unknown>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const waker = new Waker()
  let isAsked = false
  let came: (() => Uint8Array) | undefined
  const come = (take: () => Uint8Array) => {
    came = take
    waker.wake()
  }
  const ask = () => {
    isAsked = true
    results.next().then(
      ({ value }) => come(() => encoder.encode(nextEvent(value))),
      (error) =>
        come(() => {
          throw error
        }),
    )
  }
  const source: EventSource = {
    next: () => {
      const take = came
      if (!take) {
        if (!isAsked) ask()
        return undefined
      }
      came = undefined
      isAsked = false
      return take()
    },
    heartbeat: () => ': still here\n\n',
    leave: () => void results.return?.(),
  }
  return eventStream('this stream tells changes as they come', source, waker)
}
