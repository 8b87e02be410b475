import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startThrottle } from './throttle.ts'

test('a share of the requests is refused as an overloaded table does, the others reach DynamoDB', async () => {
  const server = createServer((request, response) => request.pipe(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const chances = [0.2, 0.5, 0.4, 0.9]
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const throttle = await startThrottle(endpoint, () => chances.shift() ?? 1)
  throttle.set(0.45, 'ThrottlingException')
  const answers = []
  for (const body of ['a', 'b', 'c', 'd']) {
    const answer = await fetch(throttle.url, { method: 'POST', body })
    answers.push([answer.status, await answer.text()])
  }
  const refused = [400, expect.stringContaining('#ThrottlingException"')]
  expect(answers).toEqual([refused, [200, 'b'], refused, [200, 'd']])
  expect(throttle.refused).toBe(2)
  await throttle.stop()
  server.close()
})
