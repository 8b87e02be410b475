import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Office, openBoxOffice } from '../../test/box-office.ts'
import { createHttpApp, serve } from '../index.ts'
import { Listener } from './events.fixture.ts'

let office: Office
let listeners: Listener[] = []

beforeEach(async () => {
  office = await openBoxOffice()
})

afterEach(async () => {
  for (const listener of listeners) await listener.leave()
  listeners = []
  await office.runtime.stop()
})

async function listen(path: string, headers: Record<string, string> = {}): Promise<Listener> {
  const listener = new Listener(await office.get(path, { accept: 'text/event-stream', ...headers }))
  listeners.push(listener)
  return listener
}

const buy = (concertId: string) =>
  office.send('POST', '/tickets', { concertId, customerName: 'Ada', customerEmail: 'ada@example.com' })

describe('a list that is shown live', () => {
  test('is told as it is, then what changes about it', async () => {
    const cure = await office.schedule()
    const concerts = await listen('/concerts')
    expect(concerts.answer.headers.get('content-type')).toBe('text/event-stream')
    expect(await concerts.next()).toMatchObject({ event: 'snapshot', data: [{ id: cure, availableTickets: 2 }] })
    await buy(cure)
    expect(await concerts.next()).toMatchObject({
      event: 'change',
      data: { changed: [{ id: cure, availableTickets: 1 }], removed: [] },
    })
    const later = await office.schedule({ date: '2031-01-01' })
    expect(await concerts.next()).toMatchObject({
      data: { changed: [{ id: later }], removed: [], order: [later, cure] },
    })
  })

  test('knows what comes into it and what leaves it', async () => {
    const cure = await office.schedule()
    const arena = await listen('/search?venue=Arena')
    expect(await arena.next()).toMatchObject({ data: [{ id: cure }] })
    await office.send('PUT', `/concerts/${cure}`, { venue: 'Hall' })
    expect(await arena.next()).toMatchObject({ event: 'change', data: { changed: [], removed: [cure], order: [] } })
  })

  test('goes on where somebody left, who is told nothing that they know', async () => {
    const cure = await office.schedule()
    const before = await listen('/concerts')
    const id = (await before.next())?.id ?? ''
    await before.leave()
    const again = await listen('/concerts', { 'last-event-id': id })
    const next = again.next()
    await buy(cure)
    expect(await next).toMatchObject({ event: 'change', data: { changed: [{ id: cure, availableTickets: 1 }] } })
    await again.leave()
    const late = await listen('/concerts', { 'last-event-id': id })
    expect(await late.next()).toMatchObject({ event: 'snapshot', data: [{ id: cure, availableTickets: 1 }] })
  })

  test('is told to who is slow in fewer events, of which the last is how it is', async () => {
    const cure = await office.schedule({ seats: 300 })
    const slow = await listen('/concerts')
    await slow.next()
    for (let ticket = 0; ticket < 300; ticket += 1) await buy(cure)
    await office.runtime.settled()
    let events = 0
    for (let left: unknown; left !== 0; events += 1) {
      const told = await slow.next()
      left = (told?.data as { changed: { availableTickets: number }[] } | undefined)?.changed[0]?.availableTickets
    }
    expect(events).toBeLessThan(100)
  })

  test('is refused like any other when it cannot be', async () => {
    expect((await listen('/concerts?colour=red')).answer.status).toBe(400)
    expect((await listen('/concerts/none')).answer.status).toBe(404)
  })
})

describe('a document that is shown live', () => {
  test('is told as it is, again at every change', async () => {
    const cure = await office.schedule()
    const concert = await listen(`/concerts/${cure}`)
    expect(await concert.next()).toMatchObject({ event: 'snapshot', data: { id: cure, availableTickets: 2 } })
    await buy(cure)
    expect(await concert.next()).toMatchObject({ event: 'snapshot', data: { id: cure, availableTickets: 1 } })
  })

  test('is shown with the caller’s own write, when the token of that is sent', async () => {
    const cure = await office.schedule()
    const token = (await buy(cure)).headers.get('consistency-token') ?? ''
    const concert = await listen(`/concerts/${cure}`, { 'consistency-token': token })
    expect(concert.answer.headers.get('consistency-status')).toBe('reached')
    expect(await concert.next()).toMatchObject({ data: { availableTickets: 1 } })
  })
})

test('streams end when their server closes, and nobody waits for them', async () => {
  const http = createHttpApp({ mounts: [{ base: '', runtime: office.runtime }] })
  const server = await serve(http, { port: 0, hostname: '127.0.0.1', closeTimeout: 60_000 })
  const answer = await fetch(`${server.url}/concerts`, { headers: { accept: 'text/event-stream' } })
  const listener = new Listener(answer)
  expect(await listener.next()).toMatchObject({ event: 'snapshot', data: [] })
  await server.close()
  expect(await listener.next()).toBeUndefined()
})
