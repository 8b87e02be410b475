import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { post } from './http.ts'
import { startBoxOffice, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 12.5 }

test('the keys of a local start are found in its data folder, its port in the environment', async () => {
  const data = temporaryFolder()
  const { url } = await startBoxOffice(data)
  await post(`${url}/concerts`, concert)
  const env = { PORT: new URL(url).port, WEIR_DATA: data }
  const program = weir(['rebuild', 'concerts'], { cwd: data, env })
  expect(await program.ended).toEqual({ code: 0, signal: null })
  expect(program.stdout).toMatch(/Folding concerts into generation 2\.\n[\s\S]*✓ Generation 2 of concerts serves/)
  const projections = weir(['projections', '--json'], { cwd: data, env })
  await projections.ended
  expect(JSON.parse(projections.stdout)).toMatchObject([{ name: 'concerts', generation: 2 }, { name: 'tickets' }])
})

/** A server whose rebuild never ends; it closes every third connection without an answer. */
async function endless(): Promise<string> {
  let requests = 0
  const status = { projection: 'concerts', generation: 2, state: 'running', done: 10, total: 100, eventsPerSecond: 5 }
  const server = createServer((request, response) => {
    requests += 1
    if (requests % 3 === 0) return request.socket.destroy()
    const answer = request.url === '/ops' ? [{ name: 'box-office' }] : { ...status, done: Math.min(90, requests) }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('Ctrl+C ends the looking on, not the rebuild; a server that is away for a moment is waited for', async () => {
  const args = ['rebuild', 'concerts', '--url', await endless(), '--operator-key', 'the-key-of-operators']
  const program = weir(args, { cwd: temporaryFolder() })
  await program.until(({ stdout }) => (stdout.includes('10 %') ? true : undefined))
  expect(await program.end('SIGINT')).toEqual({ code: 130, signal: null })
  expect(program.stdout).toMatch(/goes on in the server\. Follow it again: weir rebuild concerts/)
  expect(program.stderr).toBe('')
})

test.each([
  [['rebuild'], /missing required argument 'projection'[\s\S]*Run weir rebuild --help/],
  [['rebuild', 'a', '--stop', '--cancel'], /'--stop' cannot be used with option '--cancel'/],
  [['dead-letters', 'discard', 'a', 'b'], /--reason[\s\S]*Run weir dead-letters discard --help/],
  [['projections', '--url', 'localhost'], /--url is 'localhost'/],
])('weir %j is wrong usage', async (args, message) => {
  const program = weir(args, { cwd: temporaryFolder() })
  expect(await program.ended).toEqual({ code: 2, signal: null })
  expect(program.stderr).toMatch(message)
})
