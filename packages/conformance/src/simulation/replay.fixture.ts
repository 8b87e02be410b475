import { expect } from 'vitest'
import type { LoggedEvent } from '../guarantees/history.ts'
import type { Request } from './client.fixture.ts'

/**
 * Goes through the log and holds every decision against the state that it stands on there (G1, G7): what was enough money,
 * within the limit and not frozen yet when it was decided has to be so at the place where it was recorded.
 */
export function expectSoundDecisions(log: readonly LoggedEvent[], requests: readonly Request[]): void {
  const messages = new Map(requests.map(({ commandId, message }) => [commandId, message]))
  const balances = new Map<string, number>()
  const frozen = new Set<string>()
  let limit = 0
  for (const events of commandsOf(log)) {
    const { commandName } = messages.get(events[0]?.commandId ?? '')?.command ?? { commandName: '' }
    for (const { type, stream, data } of events) {
      const amount = data.amount ?? 0
      const balance = balances.get(stream) ?? 0
      if (type === 'Withdrawn' && commandName !== 'spend') expect(balance).toBeGreaterThanOrEqual(amount)
      if (type === 'Withdrawn' && commandName === 'spend') expect(limit).toBeGreaterThanOrEqual(amount)
      if (type === 'Frozen') expect(frozen.has(stream)).toBe(false)
    }
    for (const { type, stream, data } of events) {
      const by = { Deposited: 1, Withdrawn: -1 }[type] ?? 0
      balances.set(stream, (balances.get(stream) ?? 0) + by * (data.amount ?? 0))
      if (type === 'Frozen') frozen.add(stream)
      if (type === 'Set') limit = data.most ?? 0
    }
  }
}

/** The events of each command, in the order in which the commands were decided. */
function commandsOf(log: readonly LoggedEvent[]): LoggedEvent[][] {
  return [...Map.groupBy(log, ({ commandId }) => commandId).values()]
}
