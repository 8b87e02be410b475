import { expect, test } from 'vitest'
import { hrefOf, parseRoute, placeOf, streamHref } from './route.ts'

test('whatever is named comes back from its address', () => {
  const stream = 'order-a/b?c#d %€'
  const { screen, app, parts, query } = parseRoute(hrefOf('coffee', ['streams', stream], { at: 3, from: undefined }))
  expect({ screen, app, parts, query }).toEqual({
    screen: 'streams',
    app: 'coffee',
    parts: [stream],
    query: { at: '3' },
  })
})

test.each(['', '#', '#/'])('%j is the overview', (hash) => {
  expect(parseRoute(hash)).toMatchObject({ screen: 'overview', app: '' })
})

test('what leads nowhere is unknown, and says which application it was', () => {
  expect(parseRoute('#/coffee/nothing')).toMatchObject({ screen: 'unknown', app: 'coffee' })
  expect(parseRoute('#/coffee')).toMatchObject({ screen: 'unknown', app: 'coffee' })
  expect(parseRoute('#/coffee/streams/%zz')).toMatchObject({ screen: 'streams', parts: ['%zz'] })
})

test('the place stays the same while one moves through versions', () => {
  const [first, second] = [1, 2].map((version) => placeOf(parseRoute(streamHref('coffee', 'order-1', version))))
  expect(first).toBe(second)
  expect(placeOf(parseRoute(streamHref('coffee', 'order-2')))).not.toBe(first)
})
