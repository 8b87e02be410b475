import type { Append, AppendLimits } from 'weir/ports'
import { EngineError } from 'weir/ports'

/**
 * What one append may hold. An item of DynamoDB holds 400 KB, its key and name included; a transaction has 100 items and
 * 4 MB: one for each stream, and one for each record of a command.
 */
export const limits: AppendLimits = { commands: 60, streams: 40, text: 380_000 }

/** How many items a transaction holds. */
const maxItems = 100

/** @throws EngineError when an append is larger than DynamoDB takes, before anything is written */
export function refuseLarge({ streams, commands }: Append): void {
  if (streams.length + commands.length > maxItems) {
    throw new EngineError(
      `DynamoDB takes ${maxItems} items in a transaction, but an append has ${streams.length} streams and ` +
        `${commands.length} records of commands. Let the command touch fewer streams.`,
    )
  }
  const text = streams.reduce((sum, { payload }) => sum + Buffer.byteLength(payload), 0)
  if (text > limits.text) {
    throw new EngineError(
      `DynamoDB takes ${limits.text} bytes of events in an append, but this one has ${text}. ` +
        'Let the command record less at once: large content belongs elsewhere, with a reference to it.',
    )
  }
}
