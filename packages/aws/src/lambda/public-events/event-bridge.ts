import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import type { EventBus, PublicEvent } from 'weir'
import { EngineError } from 'weir/ports'
import { sendAll } from '../setup/retry.ts'

/** EventBridge takes so many at a time. */
const most = 10

/** Takes public events to a bus of EventBridge: `source` is the application, `detail-type` the event's type, `detail` all of it. */
export function eventBridge(bus: string): EventBus {
  const client = new EventBridgeClient()
  return {
    publish: async (events, { signal }) => {
      const put = async (entries: readonly PutEventsRequestEntry[]): Promise<PutEventsRequestEntry[]> => {
        const answer = await client.send(new PutEventsCommand({ Entries: [...entries] }), { abortSignal: signal })
        reason = answer.Entries?.find(({ ErrorCode }) => ErrorCode)?.ErrorMessage
        return entries.filter((_, index) => answer.Entries?.[index]?.ErrorCode)
      }
      let reason: string | undefined
      for (let start = 0; start < events.length; start += most) {
        const failed = await sendAll(
          events.slice(start, start + most).map((event) => entryOf(bus, event)),
          put,
        )
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
