import type { Dynamo } from './dynamo.ts'

/** A stream that is not placed any further, because a version of it is missing in the table of events. */
export interface SetAside {
  readonly stream: string
  /** The version that is missing. */
  readonly version: number
  /** All of it in words, with what to do. */
  readonly reason: string
}

/** Versions of a stream have no gaps when they are recorded: one that is missing was deleted, or lost by a restore. */
export function asideOf(stream: string, version: number, { place, tables }: Dynamo): SetAside {
  const reason =
    `DynamoDB at ${place}: version ${version} of ${stream} is missing in ${tables.events}, though later ones are there, so the ` +
    'stream waits, and all others go on. Were items deleted? Put the item back from a backup of the table.'
  return { stream, version, reason }
}
