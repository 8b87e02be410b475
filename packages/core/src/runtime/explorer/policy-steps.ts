import type { AnyPolicy } from '../../definitions/index.ts'
import { deriveCommandId } from '../derived-id.ts'
import { timerCommandId } from '../timers-stored.ts'
import type { RecordedCommand, RecordedCommands } from './recorded-commands.ts'

/** So many steps of a reaction are looked for at a time, and in all; and of what is answered to a rejection. */
const STEPS_AT_A_TIME = 8
const MOST_STEPS = 16
const MOST_STEPS_OF_REJECTION = 4

/**
 * The commands by which a policy has reacted to an event, also those of its timers. They are found by their ids, which are
 * derived from policy, event and place: one that was rejected has left no trace, so it does not end the search.
 */
export async function commandsOfPolicy(
  policy: AnyPolicy,
  eventId: string,
  commands: RecordedCommands,
): Promise<RecordedCommand[]> {
  const found: RecordedCommand[] = []
  for (let step = 0; step < MOST_STEPS; step += STEPS_AT_A_TIME) {
    const places = placesFrom(policy, step)
    const ids = places.flatMap((place) => [
      deriveCommandId(policy.name, eventId, place),
      timerCommandId(policy.name, { eventId, step: place }),
    ])
    const some = (await Promise.all(ids.map((id) => commands.withId(id)))).filter((command) => command !== undefined)
    if (some.length === 0) break
    found.push(...some)
  }
  return found
}

function placesFrom({ onRejected }: AnyPolicy, first: number): string[] {
  const steps = Array.from({ length: STEPS_AT_A_TIME }, (_, index) => String(first + index))
  const below = Array.from({ length: onRejected ? MOST_STEPS_OF_REJECTION : 0 }, (_, index) => `rejected.${index}`)
  return steps.flatMap((step) => [step, ...below.map((each) => `${step}.${each}`)])
}
