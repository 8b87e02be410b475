import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, post, ready } from './http.ts'
import { type Attempt, load } from './load.ts'
import { readLog } from './log.ts'
import { logLine, startBoxOffice } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 1_000_000, ticketPrice: 1 }

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s under load: every command is answered or was never begun',
  async (signal) => {
    const data = temporaryFolder()
    const { program, url } = await startBoxOffice(data)
    const { body } = await post(`${url}/concerts`, concert)
    const attempts: Attempt[] = []
    const draw = () => {
      if (attempts.length === 1000) program.child.kill(signal)
      const customer = { customerName: 'Ann', customerEmail: `ann-${attempts.length}@example.org` }
      const attempt: Attempt = { path: '/tickets', body: { concertId: body.id, ...customer }, key: undefined }
      attempts.push(attempt)
      return attempt
    }
    await load(url, 64, draw)
    expect(await program.ended).toEqual({ code: 0, signal: null })
    const answers = attempts.map(({ answer }) => answer).filter((answer) => answer !== undefined)
    const acknowledged = answers.filter(({ status }) => status === 201).map((answer) => answer.body.id)
    const refused = answers.filter(({ status }) => status !== 201)
    expect(refused.filter(({ status }) => status !== 503)).toEqual([])
    const recorded = readLog(data).filter(({ type }) => type === 'TicketSold')
    expect(acknowledged.length).toBeGreaterThanOrEqual(900)
    expect(recorded.map((event) => event.data.ticketId).sort()).toEqual(acknowledged.sort())
    expect(logLine(program, 'stopping')).toMatchObject({ reason: signal })
    expect(logLine(program, 'stopped')).toBeDefined()
  },
)

test('after a stop in good order, one file holds everything, and a token of before is still good', async () => {
  const data = temporaryFolder()
  const first = await startBoxOffice(data)
  const { body, headers } = await post(`${first.url}/concerts`, concert)
  await first.program.end()
  expect(readdirSync(data).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([])
  const { url } = await startBoxOffice(data)
  await ready(url)
  const read = await get(`${url}/concerts/${body.id}`, { 'consistency-token': String(headers['consistency-token']) })
  expect(read).toMatchObject({ status: 200, body: concert, headers: { 'consistency-status': 'reached' } })
})

test('what npm and the terminal both send within a moment is one signal', async () => {
  const data = temporaryFolder()
  const { program } = await startBoxOffice(data)
  program.child.kill('SIGINT')
  program.child.kill('SIGINT')
  expect(await program.ended).toEqual({ code: 0, signal: null })
})

test('a second signal ends at once what takes long to stop', async () => {
  const data = temporaryFolder()
  const { program, url } = await startBoxOffice(data)
  await beginRequest(url)
  const more = setInterval(() => program.child.kill('SIGTERM'), 100)
  onTestFinished(() => clearInterval(more))
  expect(await program.ended).toEqual({ code: 143, signal: null })
  expect(logLine(program, 'stopped at once')).toMatchObject({ reason: 'SIGTERM' })
})

/** Begins a request that never ends; resolves when the server has begun with it. */
async function beginRequest(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  const lines = ['POST /concerts HTTP/1.1', 'host: x', 'content-type: application/json', 'content-length: 9']
  socket.write([...lines, 'expect: 100-continue', '', ''].join('\r\n'))
  await once(socket, 'data')
  socket.on('error', () => {})
}
