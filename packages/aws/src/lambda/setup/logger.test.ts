import { expect, test } from 'vitest'
import { jsonLogger } from './logger.ts'

function logging(level: string | undefined) {
  const lines: string[] = []
  return { lines, logger: jsonLogger(level, (line) => lines.push(line)) }
}

test('a line is JSON, with the error that was its cause and all of its causes', () => {
  const { lines, logger } = logging('info')
  const cause = Object.assign(new Error('no route'), { code: 'ENOTFOUND' })
  logger.error({ err: new TypeError('not sent', { cause }), app: 'cafe' }, 'a message is lost')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/\n$/)
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    level: 'error',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    app: 'cafe',
    msg: 'a message is lost',
    err: {
      type: 'TypeError',
      message: 'not sent',
      stack: expect.any(String),
      cause: { message: 'no route', code: 'ENOTFOUND' },
    },
  })
})

test.each([
  ['trace', 4],
  ['debug', 4],
  [undefined, 3],
  ['', 3],
  ['nonsense', 3],
  ['WARN', 2],
  ['error', 1],
  ['fatal', 0],
  ['silent', 0],
])('at level %s, %i of four levels are told', (level, told) => {
  const { lines, logger } = logging(level)
  for (const log of [logger.debug, logger.info, logger.warn, logger.error]) log({ count: 1n }, 'said')
  expect(lines).toHaveLength(told)
})

test('what cannot be written keeps nobody from going on: an error that leads back to itself is told without its fields', () => {
  const { lines, logger } = logging('info')
  const request: Record<string, unknown> = {}
  request.response = { request }
  logger.warn(
    { err: Object.assign(new Error('card refused'), { request }), request, policy: 'charge', count: 1n },
    'told',
  )
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    ...{ policy: 'charge', msg: 'told', request: '[object Object]', count: '1' },
    err: { type: 'Error', message: 'card refused', stack: expect.any(String) },
  })
})
