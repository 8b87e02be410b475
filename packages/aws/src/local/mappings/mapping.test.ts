import { expect, test } from 'vitest'
import type { Invoked } from '../lambda/function.ts'
import { failedItems } from './mapping.ts'

const known = new Set(['a', 'b'])
const answered = (payload: unknown): Invoked => ({ kind: 'answered', payload })
const reporting = (...items: string[]) =>
  answered({ batchItemFailures: items.map((itemIdentifier) => ({ itemIdentifier })) })

test.each<[string, Invoked, boolean, string[] | undefined]>([
  ['nothing said', answered(null), true, []],
  ['one has failed', reporting('b'), true, ['b']],
  ['one that is none of them', reporting('c'), true, undefined],
  ['reports that nobody asked for', reporting('b'), false, []],
  ['an error', { kind: 'failed', error: { errorType: 'Error', errorMessage: '' } }, true, undefined],
  ['too many at once', { kind: 'throttled' }, true, undefined],
])('%s', (_, invoked, isPartial, failed) => {
  expect(failedItems(invoked, known, isPartial)).toEqual(failed)
})
