/** Runs a command when those before it have ended. */
export type Turn = <Result>(command: () => Promise<Result>) => Promise<Result>

/** What the setting of a contender ends with whose commands wait for each other. */
const IN_TURN = 'one command at a time'

export const isInTurn = (setting: string): boolean => setting.endsWith(IN_TURN)

/**
 * A queue in front of commands, where the setting asks for one: Weir has one for each stream, so that its commands on one
 * stream meet no conflicts, and a peer that is handed one at a time meets none either.
 */
export function turnsOf(setting: string): Turn {
  if (!isInTurn(setting)) return (command) => command()
  let last: Promise<unknown> = Promise.resolve()
  return (command) => {
    const mine = last.then(command)
    last = mine.catch(() => {})
    return mine
  }
}
