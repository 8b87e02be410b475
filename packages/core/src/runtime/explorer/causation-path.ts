import type { RecordedEvent } from '../../definitions/index.ts'
import type { RecordedCommand, RecordedCommands } from './recorded-commands.ts'

export interface CausationPath {
  /** From the first command to the one that was asked for. */
  readonly commands: readonly RecordedCommand[]
  /** Whether nothing but a request led to the first one. */
  readonly isWhole: boolean
}

/** So many commands are followed back. */
const MOST_BACK = 100

/** What led to a command, by the place of the event that a policy's command bears. */
export async function pathTo(asked: RecordedCommand, commands: RecordedCommands): Promise<CausationPath> {
  const path = [asked]
  for (let first = asked; path.length < MOST_BACK; path.unshift(first)) {
    const { causationId, causedBy, actor } = first.events[0] as RecordedEvent
    if (!causedBy) return { commands: path, isWhole: policyOf(actor) === undefined }
    const before = await commands.at(causedBy)
    if (!before?.events.some(({ id }) => id === causationId)) break
    first = before
  }
  return { commands: path, isWhole: false }
}

const POLICY = 'policy:'

/** The name of the policy that issued a command, if it was one. */
export function policyOf(actor: string | undefined): string | undefined {
  return actor?.startsWith(POLICY) ? actor.slice(POLICY.length) : undefined
}
