import { expect, test } from 'vitest'
import { functionLine } from './function-line.ts'

const source = 'shop-api'
const read = (text: string) => JSON.parse(functionLine({ source, text, isFailure: false }) ?? 'null')

test('what a function logs is shown with its name', () => {
  const line = { level: 'warn', time: '2030-01-01T00:00:00.000Z', msg: 'late', order: 7 }
  expect(read(JSON.stringify(line))).toEqual({ ...line, function: source })
})

test.each(['a plain line', '{"half":', '[1]'])('what is no line of log is its message: %s', (text) => {
  expect(read(text)).toMatchObject({ level: 'info', function: source, msg: text })
})

test('an invocation that went wrong is an error', () => {
  expect(functionLine({ source, text: 'timed out', isFailure: true })).toContain('"level":"error"')
})

test('measurements are not shown', () => {
  expect(
    functionLine({ source, text: '{"_aws":{"CloudWatchMetrics":[]},"EventsBehind":3}', isFailure: false }),
  ).toBeUndefined()
})
