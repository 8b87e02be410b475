/** So that proxies, which close connections that are silent, keep it, and who has gone is noticed; in milliseconds. */
const HEARTBEAT = 15_000

/** Where what is sent comes from. */
export interface EventSource {
  /** What is to be sent next, encoded; undefined while there is nothing. */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** What is sent when there has been nothing for a while: no event. */
  heartbeat(): string
  /** The caller has gone, or the stream has failed; called once. */
  leave(): void
}

/** Wakes who waits for something to send. A call that comes while nobody waits is kept for the next who does. */
export class Waker {
  #isWoken = false
  #answer = (): void => {}

  /** There is something to send, perhaps. */
  wake(): void {
    this.#isWoken = true
    this.#answer()
  }

  /** Resolves at a call, or after some time. */
  async woken(): Promise<void> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, HEARTBEAT)
        timer.unref()
        this.#answer = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#isWoken = false
  }
}

/** A stream of server-sent events. What is sent next is asked for when the caller takes it: here nothing piles up. */
export function eventStream(greeting: string, source: EventSource, waker: Waker): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let hasLeft = false
  const leave = () => {
    if (!hasLeft) source.leave()
    hasLeft = true
  }
  const nextOrHeartbeat = async () => {
    let event = await source.next()
    if (event === undefined) {
      await waker.woken()
      event = await source.next()
    }
    return event ?? encoder.encode(source.heartbeat())
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        // Headers go out with the first bytes.
        controller.enqueue(encoder.encode(`: ${greeting}\n\n`))
      },
      pull: async (controller) => {
        try {
          controller.enqueue(await nextOrHeartbeat())
        } catch (error) {
          // A stream that has failed is not cancelled any more.
          leave()
          throw error
        }
      },
      cancel: () => {
        waker.wake()
        leave()
      },
    },
    { highWaterMark: 1 },
  )
}

/** The headers of such an answer. */
export const eventStreamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'private, no-store',
  // Proxies such as nginx would hold events back until many are there.
  'x-accel-buffering': 'no',
}
