import type { RecordedEvent } from '../definitions/index.ts'
import type { EventStore } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { fromStore, UndecodableEventError } from './errors.ts'
import type { DeadLetter, DeadLetterWithEvent } from './operations.ts'

/** Each costs a look into the log: after so many, others have their turn. */
const LETTERS_IN_A_TURN = 20

export interface LetterEventServices {
  readonly events: EventStore
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>
}

/** Gives a recorded event as a consumer reads it; throws `UndecodableEventError` when that cannot be done. */
export type ReadAs = (consumer: string) => (recorded: RecordedEvent) => RecordedEvent | undefined

/** Dead letters with their events. */
export async function withEvents(
  letters: readonly DeadLetter[],
  readAs: ReadAs,
  { events, breathe }: LetterEventServices,
): Promise<DeadLetterWithEvent[]> {
  const complete: DeadLetterWithEvent[] = []
  for (const letter of letters) {
    if (complete.length % LETTERS_IN_A_TURN === LETTERS_IN_A_TURN - 1) await breathe()
    complete.push({ ...letter, event: await fromStore(eventOf(letter, readAs(letter.consumer), events)) })
  }
  return complete
}

async function eventOf(
  { stream, version }: DeadLetter,
  read: ReturnType<ReadAs>,
  events: EventStore,
): Promise<RecordedEvent | undefined> {
  const [commit] = await events.readStream(stream, version - 1, 1)
  try {
    const recorded = commit && decodeCommit(commit).find((each) => each.version === version)
    return recorded && read(recorded)
  } catch (error) {
    if (error instanceof UndecodableEventError) return undefined
    throw error
  }
}
