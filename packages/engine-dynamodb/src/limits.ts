import type { Append, AppendLimits } from 'weir/ports'
import { EngineError } from 'weir/ports'
import { toRows } from './kept-commands.ts'

/**
 * What one append may hold. An item of DynamoDB holds 400 KB, its key and name included; a transaction has 100 items and
 * 4 MB: one for each stream, and one for each record of a command. Records are kept beside the events, too.
 */
export const limits: AppendLimits = { commands: 60, streams: 40, text: 380_000, groups: 1 }

/** How many items a transaction holds. */
const maxItems = 100

/** How many bytes an item holds of events and of commands: what is left is for its key and its name. */
const maxItemText = 400_000

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
  const withCommands = text + Buffer.byteLength(toRows('', commands))
  if (text > 0 && withCommands > maxItemText) {
    throw new EngineError(
      `DynamoDB takes ${maxItemText} bytes of events and of the commands that are kept with them in an append, but this one ` +
        `has ${withCommands}. Give commands shorter ids.`,
    )
  }
}
