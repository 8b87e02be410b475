import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

test('each line is JSON with time, level, fields and message, from the level on', () => {
  const lines: string[] = []
  const logger = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } })
  logger.debug({ a: 1 }, 'unheard')
  logger.error({ app: 'box-office', err: new Error('broken') }, 'request failed')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'error',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      app: 'box-office',
      err: expect.objectContaining({ message: 'broken', stack: expect.any(String) }),
      msg: 'request failed',
    },
  ])
})

test('a level that does not exist is refused with those that do', () => {
  expect(() => createLogger({ level: 'loud' })).toThrow(/'loud'.*info/)
})
