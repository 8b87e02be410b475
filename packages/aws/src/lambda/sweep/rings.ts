import type { DueWork } from 'weir/runtime'
import { consumerQueue, encodeDoorbell, sweepRing } from '../../contract/index.ts'
import type { SendOptions } from '../setup/queues.ts'

/** A message to the queue of a consumer. */
export interface Ring {
  readonly queue: string
  readonly body: string
  readonly options: SendOptions
}

/** Rings for all that has something to do; `now` is in milliseconds. */
export function ringsFor(prefix: string, app: string, { projections, policies }: DueWork, now: number): Ring[] {
  const ring = (consumer: string, lane?: number): Ring => ({
    queue: consumerQueue(prefix, app, consumer),
    body: encodeDoorbell({ app, ...(lane !== undefined && { lane }) }),
    options: sweepRing(lane, now),
  })
  return [
    ...projections.map(({ projection, partition }) => ring(projection, partition)),
    ...policies.map((policy) => ring(policy)),
  ]
}
