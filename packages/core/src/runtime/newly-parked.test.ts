import { expect, test } from 'vitest'
import { newlyParked } from './newly-parked.ts'

const failed = (stream: string, version: number, document?: string) => ({
  stream,
  version,
  document,
  since: 0,
  attempts: 1,
  error: 'broken',
})

test.each([
  ['not parked before', failed('a-1', 3), [], ['a-1']],
  ['parked at the same event', failed('a-1', 3), [failed('a-1', 3)], []],
  ['parked earlier before: more of it is shown now', failed('a-1', 3), [failed('a-1', 2)], []],
  ['parked later before: less of it is shown now', failed('a-1', 3), [failed('a-1', 4)], ['a-1']],
  ['parked for one document only before', failed('a-1', 3), [failed('a-1', 3, 'x')], ['a-1']],
  ['parked for a document, and altogether before', failed('a-1', 3, 'x'), [failed('a-1', 3)], []],
  ['parked for another document before', failed('a-1', 3, 'x'), [failed('a-1', 3, 'y')], ['a-1']],
  ['of another name', failed('a-1', 3), [failed('a-2', 3)], ['a-1']],
])('a stream that was %s', (_, next, before, streams) => {
  expect(newlyParked([next], before)).toEqual(streams)
})

test('a stream is named once', () => {
  expect(newlyParked([failed('a-1', 3, 'x'), failed('a-1', 3, 'y'), failed('b-1', 1)], [])).toEqual(['a-1', 'b-1'])
})
