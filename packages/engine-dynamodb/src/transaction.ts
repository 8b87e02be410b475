import { randomUUID } from 'node:crypto'
import { type CancellationReason, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { Dynamo } from './dynamo.ts'
import { isPassing, nameOf } from './errors.ts'
import { backOff, patience } from './patience.ts'

/** What became of a transaction: by its items, why it was not done. */
export type TransactionOutcome = 'done' | readonly CancellationReason[]

/** Reasons that pass: nothing of the transaction is wrong. */
const passing = new Set(['TransactionConflict', 'ProvisionedThroughputExceeded', 'ThrottlingError'])

/**
 * Writes items all or none. What fails in a way that passes is tried again.
 *
 * 1. A try whose answer was lost may have taken effect. DynamoDB knows that for ten minutes by the token of the call, and
 *    else the writing tells, which every item bears that is put: who finds his own has been here before.
 *
 * @param items conditions ask for what is there when they fail (`ALL_OLD`)
 * @param writing of all that is put
 */
export async function transact(
  dynamo: Dynamo,
  items: readonly TransactWriteItem[],
  writing: string,
): Promise<TransactionOutcome> {
  const command = new TransactWriteItemsCommand({ TransactItems: [...items], ClientRequestToken: randomUUID() })
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dynamo.sendOnce(command)
      return 'done'
    } catch (error) {
      const reasons = reasonsOf(error)
      if (reasons.some(({ Item }) => Item?.w?.S === writing)) return 'done'
      if (reasons.some(hasFailed)) return reasons
      const mayPass = reasons.length > 0 ? reasons.some(({ Code = '' }) => passing.has(Code)) : isPassing(error)
      if (attempt >= patience.attempts || !mayPass) return dynamo.translate(Promise.reject(error))
    }
    await backOff(attempt)
  }
}

/** Whether the condition of an item did not hold. */
export function hasFailed({ Code }: CancellationReason): boolean {
  return Code === 'ConditionalCheckFailed'
}

function reasonsOf(error: unknown): readonly CancellationReason[] {
  if (nameOf(error) !== 'TransactionCanceledException') return []
  return (error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? []
}
