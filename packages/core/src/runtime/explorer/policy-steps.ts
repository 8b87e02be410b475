import type { AnyPolicy } from '../../definitions/index.ts'
import { deriveCommandId } from '../derived-id.ts'
import { timerCommandId } from '../timers-stored.ts'
import type { RecordedCommand, RecordedCommands } from './recorded-commands.ts'

/** So many steps of a reaction are looked for at a time, and of what is answered to the rejection of one. */
const STEPS = [2, 4, 10]
const STEPS_OF_REJECTION = [2, 2]

/**
 * The commands by which a policy has reacted to an event, also those of its timers. They are found by their ids, which are
 * derived from policy, event and place. One that was rejected has left no trace: the search ends where none of the steps
 * that are looked for together was accepted, nor any of what was answered to their rejection.
 */
export async function commandsOfPolicy(
  policy: AnyPolicy,
  eventId: string,
  commands: RecordedCommands,
): Promise<RecordedCommand[]> {
  const at = async (place: string) => {
    const ids = [deriveCommandId(policy.name, eventId, place), timerCommandId(policy.name, { eventId, step: place })]
    return (await Promise.all(ids.map((id) => commands.withId(id)))).filter((command) => command !== undefined)
  }
  const answersAt = (step: string) => searched(STEPS_OF_REJECTION, (index) => at(`${step}.rejected.${index}`))
  return searched(STEPS, async (index) => {
    const found = await at(String(index))
    return found.length === 0 && policy.onRejected ? answersAt(String(index)) : found
  })
}

/** What is found at one place after the other, until there is nothing at all of the next ones. */
async function searched(
  sizes: readonly number[],
  at: (index: number) => Promise<readonly RecordedCommand[]>,
): Promise<RecordedCommand[]> {
  const found: RecordedCommand[] = []
  let first = 0
  for (const size of sizes) {
    const indexes = Array.from({ length: size }, (_, index) => first + index)
    const some = (await Promise.all(indexes.map(at))).flat()
    if (some.length === 0) break
    found.push(...some)
    first += size
  }
  return found
}
