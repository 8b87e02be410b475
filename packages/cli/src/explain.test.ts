import { expect, test } from 'vitest'
import { CliError } from './errors.ts'
import { explain } from './explain.ts'

test.each([CliError, Error])('what an error says keeps its lines, and does not steer the terminal', (Kind) => {
  const { text } = explain(new Kind('the server answered:\n\t\x1b[2J\u202e'))
  expect(text).toContain('the server answered:\n\t\\x1b[2J\\u{202e}')
})
