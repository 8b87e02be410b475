import { stripVTControlCharacters } from 'node:util'
import { createLogger } from '@weir/http'
import { expect, test } from 'vitest'
import type { Logger } from 'weir/ports'
import { prettyLine } from './pretty.ts'

/** What the logger writes, as it is shown. */
function logged(write: (logger: Logger) => void): string {
  let text = ''
  write(createLogger({ level: 'debug', destination: { write: (line) => (text += prettyLine(line)) } }))
  return stripVTControlCharacters(text)
}

test('a line has time, level and message, then the fields', () => {
  const fields = { app: 'shop', ms: 1.5, path: 'a b' }
  expect(logged((logger) => logger.warn(fields, 'refused'))).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} warn {2}refused app=shop ms=1\.5 path="a b"\n$/,
  )
  expect(logged((logger) => logger.debug({}, 'known'))).toMatch(/ debug known\n$/)
})

test('the stack of an error stands below', () => {
  const text = logged((logger) => logger.error({ err: new RangeError('no') }, 'failed'))
  expect(text).toMatch(/ error failed\n {2}RangeError: no\n {6}at /)
})

test('what is no line of log stays as it is', () => {
  expect(prettyLine('hello\n')).toBe('hello\n')
  expect(prettyLine('{"a":1}\n')).toBe('{"a":1}\n')
})

test('nothing that is logged steers the terminal', () => {
  const text = logged((logger) =>
    logger.error({ stream: '\x1b[2J', note: 'a \x9b', err: new Error('\x1b]0;title\x07') }, 'no\r\u202ereally'),
  )
  expect(text).toContain(String.raw`no\x0d\u{202e}really stream=\x1b[2J note="a \x9b"`)
  expect(text).toContain(String.raw`Error: \x1b]0;title\x07`)
})
