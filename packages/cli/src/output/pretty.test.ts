import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { prettyLine } from './pretty.ts'

const pretty = (fields: Record<string, unknown>) => stripVTControlCharacters(prettyLine(`${JSON.stringify(fields)}\n`))

test('a line has time, level and message, then the fields', () => {
  const line = pretty({
    level: 40,
    time: '2030-01-02T03:04:05.006Z',
    app: 'shop',
    ms: 1.5,
    path: 'a b',
    msg: 'refused',
  })
  expect(line).toMatch(/^\d\d:\d\d:05\.006 warn {2}refused app=shop ms=1\.5 path="a b"\n$/)
})

test('the stack of an error stands below', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here' }
  expect(pretty({ level: 50, time: '2030-01-02T03:04:05.006Z', err, msg: 'failed' })).toMatch(
    /error failed\n {2}Error: no\n {6}at here\n$/,
  )
})

test('what is no line of log stays as it is', () => {
  expect(prettyLine('hello\n')).toBe('hello\n')
  expect(prettyLine('{"a":1}\n')).toBe('{"a":1}\n')
})
