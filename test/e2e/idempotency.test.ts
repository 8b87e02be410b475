import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { getAll, post, ready } from './http.ts'
import { readLog } from './log.ts'
import { startBoxOffice } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 10, ticketPrice: 1 }
const buyer = { customerName: 'Ann', customerEmail: 'ann@example.org' }

test('a command with a key has one effect and one answer: in parallel, in sequence, after a restart', async () => {
  const data = temporaryFolder()
  const first = await startBoxOffice(data)
  const schedule = (url: string) => post(`${url}/concerts`, concert, { 'idempotency-key': 'concert-1' })
  const scheduled = await Promise.all(Array.from({ length: 50 }, () => schedule(first.url)))
  const { id: concertId } = scheduled[0]?.body ?? {}
  expect(new Set(scheduled.map(({ status, body }) => `${status} ${body.id}`))).toEqual(new Set([`201 ${concertId}`]))
  const buy = (url: string) => post(`${url}/tickets`, { concertId, ...buyer }, { 'idempotency-key': 'ticket-1' })
  const bought = await Promise.all(Array.from({ length: 50 }, () => buy(first.url)))
  const { body, headers } = bought[0] ?? expect.fail()
  for (const answer of [...bought, await buy(first.url)]) {
    expect(answer).toMatchObject({ status: 201, body, headers: { location: headers.location } })
  }
  await first.program.end()
  const second = await startBoxOffice(data)
  expect(await buy(second.url)).toMatchObject({ status: 201, body, headers: { location: headers.location } })
  expect(await schedule(second.url)).toMatchObject({ status: 201, body: { id: concertId } })
  await ready(second.url)
  expect(await getAll(`${second.url}/tickets`)).toMatchObject([{ id: body.id }])
  expect(await getAll(`${second.url}/concerts`)).toMatchObject([{ id: concertId, availableTickets: 9 }])
  expect(readLog(data).map(({ type }) => type)).toEqual(['Scheduled', 'TicketSold'])
})

test('a key that was used for another request is refused; without a key every request counts', async () => {
  const data = temporaryFolder()
  const { url } = await startBoxOffice(data)
  const { body } = await post(`${url}/concerts`, concert)
  const buy = (customer: object, headers = {}) => post(`${url}/tickets`, { concertId: body.id, ...customer }, headers)
  const key = { 'idempotency-key': 'ticket-1' }
  expect(await buy(buyer, key)).toMatchObject({ status: 201 })
  expect(await buy({ ...buyer, customerName: 'Bob' }, key)).toMatchObject({ status: 422 })
  expect(await buy(buyer)).toMatchObject({ status: 201 })
  expect(await buy(buyer)).toMatchObject({ status: 201 })
  expect(readLog(data).filter(({ type }) => type === 'TicketSold')).toHaveLength(3)
})

test('a command that was refused had no effect and is decided anew', async () => {
  const data = temporaryFolder()
  const { url } = await startBoxOffice(data)
  const key = { 'idempotency-key': 'ticket-1' }
  const nowhere = { concertId: '00000000-0000-7000-8000-000000000000', ...buyer }
  expect(await post(`${url}/tickets`, nowhere, key)).toMatchObject({ status: 404 })
  expect(await post(`${url}/tickets`, nowhere, key)).toMatchObject({ status: 404 })
  const { body } = await post(`${url}/concerts`, concert)
  expect(await post(`${url}/tickets`, { concertId: body.id, ...buyer }, key)).toMatchObject({ status: 201 })
})
