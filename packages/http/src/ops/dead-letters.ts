import type { DeadLetter, DiscardedLetter } from 'weir/runtime'
import * as z from 'zod'
import { appRoute, type OpsRoute } from './operation.ts'
import { placeOf } from './page.ts'
import { deadLetter, discardedLetter, discardOutcome, letterAddress, reason, retryOutcome } from './schemas.ts'

const ofConsumer = z.strictObject({
  consumer: z.string().optional().meta({ description: 'Only of this projection or policy.' }),
})

/** What could not be applied (G10). */
export const deadLetterRoutes: readonly OpsRoute[] = [
  appRoute({
    method: 'GET',
    path: '/dead-letters',
    id: 'listDeadLetters',
    summary: 'What could not be applied, by consumer and stream',
    query: ofConsumer,
    answer: { name: 'DeadLetter', schema: deadLetter },
    list: { page: placeOfLetter },
    run: (operations, { query }) => operations.deadLetters(query.consumer),
    complete: (operations, page: readonly DeadLetter[]) => operations.withEvents(page),
  }),
  appRoute({
    method: 'POST',
    path: '/dead-letters/:consumer/retry',
    id: 'retryDeadLetter',
    summary: 'Try again, at once',
    body: letterAddress,
    answer: { name: 'Retried', schema: retryOutcome },
    run: async (operations, { parameter, body }) => ({ outcome: await operations.retry(parameter('consumer'), body) }),
  }),
  appRoute({
    method: 'POST',
    path: '/dead-letters/:consumer/discard',
    id: 'discardDeadLetter',
    summary: 'Give up the event that failed',
    description: 'Records who gave it up and why, and goes on with what waited behind it.',
    body: letterAddress.extend({ reason }),
    answer: { name: 'Discarded', schema: discardOutcome },
    run: async (operations, { parameter, body: { reason: why, ...address }, actor }) => {
      await operations.discard(parameter('consumer'), address, { reason: why, actor })
      return { outcome: 'discarded' }
    },
  }),
  appRoute({
    method: 'GET',
    path: '/discarded',
    id: 'listDiscarded',
    summary: 'What was given up, by when, by whom and why',
    query: ofConsumer,
    answer: { name: 'DiscardedLetter', schema: discardedLetter },
    list: { page: (given: DiscardedLetter) => placeOf(given.at, placeOfLetter({ ...given, timer: undefined })) },
    run: (operations, { query }) => operations.discarded(query.consumer),
  }),
]

function placeOfLetter({ consumer, stream, version, document, timer }: DeadLetter): string {
  return placeOf(consumer, stream, version, document, timer)
}
