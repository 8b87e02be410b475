/**
 * Doorbells: messages that say that there is something to read, never what.
 *
 * 1. A consumer reads the feed from its own cursor. A doorbell that is lost, doubled, late or out of order changes nothing.
 * 2. A publisher rings the application's topic for each lane that has commits of its batch, each aggregate in these, and each kind of
 *    consumers, which are attributes, once for the newest page: group `lane-<lane>` for projections, whose lanes are folded side by side, and `policies` for
 *    policies, of which one call at a time gets on; deduplication id `<kind>-<lane>-<page>-<aggregate>`. Each consumer's queue takes
 *    the rings that are for its kind and its aggregates.
 * 3. The sweep rings queues themselves: group `sweep-<lane>` (`sweep` without a lane), so that it gets through where a group waits for
 *    a message that failed; deduplication id `<group>-<minute>`.
 * 4. Whoever reports a message as failed makes it visible again after `retrySeconds` itself: SQS would wait for the whole
 *    visibility timeout, and the group with it.
 */
export interface Doorbell {
  readonly app: string
  /** In which lane (partition) there is something to read; in all of them when it is not given. */
  readonly lane?: number
  /** The page that was placed; of publishers only, for logs and traces. */
  readonly page?: number
}

/** How a message is sent to a FIFO topic or queue. */
export interface Sending {
  readonly group: string
  readonly deduplicationId: string
}

/** The message attribute, a `String`, with the name of the aggregate whose commits were placed. */
export const aggregateAttribute = 'aggregate'

/** The message attribute, a `String`, that says for whom it is. */
export const kindAttribute = 'for'

/** The values of that. */
export type ConsumerKind = 'projections' | 'policies'

/** After how many seconds a message comes again whose lane was not caught up in the time that there was. */
export const retrySeconds = 1

/** The body of a doorbell. */
export function encodeDoorbell({ app, lane, page }: Doorbell): string {
  return JSON.stringify({ app, lane, page })
}

/**
 * Reads the body of a doorbell. Queues are subscribed with raw delivery, so it is the same from the topic and the sweep.
 *
 * @throws Error when it is none
 */
export function decodeDoorbell(body: string): Doorbell {
  const { app, lane, page } = JSON.parse(body) as Partial<Doorbell>
  if (typeof app !== 'string') throw new Error(`This is no doorbell: ${body}`)
  return { app, ...(lane === undefined ? {} : { lane }), ...(page === undefined ? {} : { page }) }
}

/** How a publisher sends the ring for commits of an aggregate in a page. */
export function pageRing(kind: ConsumerKind, lane: number, page: number, aggregate: string): Sending {
  const group = kind === 'policies' ? kind : `lane-${lane}`
  return { group, deduplicationId: `${kind}-${lane}-${page}-${aggregate}` }
}

/** How the sweep sends a ring; `now` is the time in milliseconds. */
export function sweepRing(lane: number | undefined, now: number): Sending {
  const group = lane === undefined ? 'sweep' : `sweep-${lane}`
  return { group, deduplicationId: `${group}-${Math.floor(now / 60_000)}` }
}
