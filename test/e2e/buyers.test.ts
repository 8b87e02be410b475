import { execFileSync } from 'node:child_process'
import { Agent } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { type Answer, call, get, getAll, post } from './http.ts'
import { readLog } from './log.ts'
import { startBoxOffice } from './weir.ts'

const seats = 1000
const buyers = 10_000
const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: seats, ticketPrice: 1 }

/** As many as fit into the limit on open files, which holds for each of the two processes. */
function connections(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }))
  return Math.min(2500, Number.isNaN(limit) ? 2500 : Math.floor(limit * 0.8))
}

/** Waits for the read models to be as far as the writes are: tokens are sent joined, some at a time. */
async function readAll(url: string, tokens: readonly string[]): Promise<void> {
  for (let start = 0; start < tokens.length; start += 50) {
    const joined = tokens.slice(start, start + 50).join(',')
    const { headers } = await get(url, { 'consistency-token': joined })
    expect(headers['consistency-status']).toBe('reached')
  }
}

test('ten thousand buyers at once for a thousand seats: a thousand tickets, and nine thousand are told', {
  timeout: 90_000,
}, async () => {
  const data = temporaryFolder()
  const { url } = await startBoxOffice(data)
  const { body } = await post(`${url}/concerts`, concert)
  const agent = new Agent({ keepAlive: true, maxSockets: connections() })
  onTestFinished(() => agent.destroy())
  const buy = (number: number) => {
    const buyer = { customerName: `Buyer ${number}`, customerEmail: `buyer-${number}@example.org` }
    return call('POST', `${url}/tickets`, { body: { concertId: body.id, ...buyer }, agent })
  }
  const answers = Promise.all(Array.from({ length: buyers }, (_, number) => buy(number)))
  expect(Object.values(agent.sockets).flat()).toHaveLength(connections())
  checkAnswers(await answers)
  const sold = (await answers).filter(({ status }) => status === 201)
  const tokens = sold.map(({ headers }) => String(headers['consistency-token']))
  await readAll(`${url}/concerts/${body.id}`, tokens)
  await readAll(`${url}/tickets?limit=1`, tokens)
  expect(await get(`${url}/concerts/${body.id}`)).toMatchObject({ status: 200, body: { availableTickets: 0 } })
  const ids = sold.map((answer) => answer.body.id).sort()
  const tickets = await getAll(`${url}/tickets?concertId=${body.id}&limit=300`)
  expect(tickets.map(({ id }) => id).sort()).toEqual(ids)
  expect(new Set(tickets.map(({ customerEmail }) => customerEmail)).size).toBe(seats)
  expect(readLog(data).filter(({ type }) => type === 'TicketSold')).toHaveLength(seats)
})

function checkAnswers(answers: readonly Answer[]): void {
  const counts = Map.groupBy(answers, ({ status }) => status)
  expect(new Map([...counts].map(([status, { length }]) => [status, length]))).toEqual(
    new Map([
      [201, seats],
      [400, buyers - seats],
    ]),
  )
  for (const { body } of counts.get(400) ?? []) expect(body).toMatchObject({ title: 'No tickets available' })
  expect(new Set(counts.get(201)?.map(({ body }) => body.id)).size).toBe(seats)
}
