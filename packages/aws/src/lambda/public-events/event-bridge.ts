import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import type { EventBus, PublicEvent } from 'weir'
import { EngineError } from 'weir/ports'
import { sendAll } from '../setup/retry.ts'
import { batchesOf, sizeOf, surelyTaken } from './batches.ts'

/**
 * Takes public events to a bus of EventBridge: `source` is the application, `detail-type` the event's type, `detail` all of it.
 *
 * 1. Events go in their order, as many at a time as a bus surely takes.
 * 2. An event that is larger than that goes alone, since some regions take more. What is too large there, too, is an error that
 *    says so: the policy parks it (G10).
 */
export function eventBridge(bus: string): EventBus {
  const client = new EventBridgeClient()
  return {
    publish: async (events, { signal }) => {
      let reason: string | undefined
      const put = async (entries: readonly PutEventsRequestEntry[]): Promise<PutEventsRequestEntry[]> => {
        const command = new PutEventsCommand({ Entries: [...entries] })
        const answer = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
          throw tooLarge(bus, entries, error) ?? error
        })
        reason = answer.Entries?.find(({ ErrorCode }) => ErrorCode)?.ErrorMessage
        return entries.filter((_, index) => answer.Entries?.[index]?.ErrorCode)
      }
      for (const batch of batchesOf(events.map((event) => entryOf(bus, event)))) {
        const failed = await sendAll(batch, put)
        if (failed.length > 0)
          throw new EngineError(`The bus ${bus} did not take an event: ${reason ?? 'it did not say why'}`)
      }
    },
  }
}

function entryOf(bus: string, event: PublicEvent): PutEventsRequestEntry {
  const { source, type, recordedAt } = event
  return {
    EventBusName: bus,
    Source: source,
    DetailType: type,
    Time: new Date(recordedAt),
    Detail: JSON.stringify(event),
  }
}

/** What a request was refused for, if that is its size. */
function tooLarge(bus: string, [entry]: readonly PutEventsRequestEntry[], cause: unknown): EngineError | undefined {
  const size = entry ? sizeOf(entry) : 0
  if (size <= surelyTaken || !(cause instanceof Error) || cause.name !== 'ValidationException') return undefined
  return new EngineError(
    `The bus ${bus} does not take this event of ${size} bytes: it is too large (${cause.message}). Discard it, and keep ` +
      'in public events what others need, such as the place of what is large.',
    { cause },
  )
}
