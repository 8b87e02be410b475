import { expect } from 'vitest'
import type { AnyProjection, App, CommandMessage } from 'weir'
import { balancesOfVersion, bankWith, deposit, note, transfer } from './bank.ts'

/** What is in the bank before anything is rebuilt. */
export const history: readonly CommandMessage[] = [
  note('n', '1'),
  deposit('a', 100),
  transfer('1', 'a', 'b', 5),
  note('n', '2'),
  deposit('a', 1),
  transfer('2', 'b', 'a', 2),
  note('n', '2'),
]

/** A later version of the balances, which knows another index. */
export const Later: AnyProjection = balancesOfVersion({ revision: 2, indexes: ['balance', 'id'] })
export const later: App = bankWith(Later)

/** How what cannot be done now is refused. */
export const notPossible = (words: string): object => ({
  name: 'OperationRefused',
  code: 'not-possible',
  message: expect.stringContaining(words),
})
