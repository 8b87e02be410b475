import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'

/** EventBridge takes so many at a time. */
const most = 10

/** What a request may hold in every region, in bytes; in some it is a megabyte. */
export const surelyTaken: number = 256 * 1024 - 1

/** The size of an entry as EventBridge counts it, in bytes. */
export function sizeOf({ Time, Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return (Time ? 14 : 0) + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail)
}

/** Entries in their order, as many at a time as a request surely takes; one that is larger is alone. */
export function batchesOf(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const batches: PutEventsRequestEntry[][] = []
  let room = 0
  for (const entry of entries) {
    const batch = batches.at(-1)
    const size = sizeOf(entry)
    if (batch && batch.length < most && size <= room) batch.push(entry)
    else batches.push([entry])
    room = (batches.at(-1) === batch ? room : surelyTaken) - size
  }
  return batches
}
