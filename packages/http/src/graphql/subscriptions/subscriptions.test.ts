import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cafe } from '../../../test/cafe.ts'
import { fakeRuntime } from '../../../test/fake-runtime.ts'
import { createHttpApp } from '../../app.ts'
import { Listener } from '../../live/events.fixture.ts'
import { type Server, serve } from '../../server/server.ts'
import { type GraphqlOffice, openGraphqlOffice } from '../graphql.fixture.ts'

/** Subscriptions as server-sent events, in the protocol of graphql-sse. */

let office: GraphqlOffice
let server: Server
const listeners: Listener[] = []

beforeEach(async () => {
  office = await openGraphqlOffice()
  const http = createHttpApp({ mounts: [{ base: '', runtime: office.runtime }] })
  server = await serve(http, { port: 0, hostname: '127.0.0.1', closeTimeout: 60_000 })
})
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.leave().catch(() => {})
  await server.close()
  await office.runtime.stop()
})

const streaming = { accept: 'text/event-stream', 'content-type': 'application/json' }

async function listen(query: string, variables = {}): Promise<Listener> {
  const body = JSON.stringify({ query, variables })
  const listener = new Listener(await fetch(`${server.url}/graphql`, { method: 'POST', headers: streaming, body }))
  listeners.push(listener)
  return listener
}

const move = (id: string, venue: string) => office.send('PUT', `/concerts/${id}`, { venue })

describe('a subscription', () => {
  test('tells each change of what is watched, as it was asked for', async () => {
    const id = await office.schedule()
    const other = await office.schedule()
    const listener = await listen('subscription ($id: ID) { concertChanged(id: $id) { id where: venue } }', { id })
    expect(listener.answer.status).toBe(200)
    expect(listener.answer.headers.get('content-type')).toBe('text/event-stream')
    await move(other, 'Elsewhere')
    await move(id, 'Club')
    expect(await listener.next()).toMatchObject({
      event: 'next',
      data: { data: { concertChanged: { id, where: 'Club' } } },
    })
    await move(id, 'Park')
    expect(await listener.next()).toMatchObject({ data: { data: { concertChanged: { id, where: 'Park' } } } })
  })

  test('to what can be no document is refused as such: it is no failure of the store', async () => {
    const listener = await listen('subscription ($id: ID) { concertChanged(id: $id) { id } }', { id: 'a\0b' })
    expect(await listener.next()).toMatchObject({
      data: { errors: [{ extensions: { code: 'invalid-input', errors: [{ field: 'id' }] } }] },
    })
  })

  test('may be asked for by GET, for all documents or for those that filters are true of', async () => {
    const url = (query: string) => `${server.url}/graphql?${new URLSearchParams({ query })}`
    const get = async (query: string) => {
      const listener = new Listener(await fetch(url(query), { headers: { accept: 'text/event-stream' } }))
      listeners.push(listener)
      return listener
    }
    const all = await get('subscription { concertChanged { name } }')
    const late = await get('subscription { concertChanged(date: "2030-12-31") { name } }')
    await office.schedule({ name: 'Early' })
    await office.schedule({ name: 'Late', date: '2030-12-31' })
    expect(await late.next()).toMatchObject({ data: { data: { concertChanged: { name: 'Late' } } } })
    const names = [await all.next(), await all.next()].map((event) => JSON.stringify(event?.data))
    expect(names.join()).toMatch(/Early.*Late/)
  })

  test('that cannot be is told so in its stream, which then ends', async () => {
    for (const [query, code] of [
      ['subscription { nothing }', 'invalid-graphql'],
      ['subscription { concertChanged(cancelled: false, date: "\\u0000") { id } }', 'invalid-input'],
      ['subscription { a: concertChanged { id } b: concertChanged { id } }', 'invalid-graphql'],
    ] as const) {
      const answer = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: streaming,
        body: JSON.stringify({ query }),
      })
      const text = await answer.text()
      expect(text).toMatch(/^event: next\ndata: \{"errors":\[.*\]\}\n\nevent: complete\ndata: \n\n$/)
      expect(text).toContain(`"code":"${code}"`)
    }
  })

  test('is not for who does not take events', async () => {
    const answer = await office.send('POST', '/graphql', { query: 'subscription { concertChanged { id } }' })
    expect([answer.status, await answer.text()]).toEqual([406, expect.stringContaining('not-acceptable')])
  })

  test('ends when its server closes, and nobody waits for it', async () => {
    const listener = await listen('subscription { concertChanged { id } }')
    await server.close()
    expect(await listener.next()).toBeUndefined()
  })
})

test('queries and mutations are answered as events, too', async () => {
  const body = JSON.stringify({ query: '{ concerts { nodes { id } } }' })
  const answer = await fetch(`${server.url}/graphql`, { method: 'POST', headers: streaming, body })
  expect(await answer.text()).toBe(
    'event: next\ndata: {"data":{"concerts":{"nodes":[]}}}\n\nevent: complete\ndata: \n\n',
  )
})

test('whoever has no key is told nothing', async () => {
  const http = createHttpApp({ mounts: [{ base: '', runtime: fakeRuntime(cafe).runtime }], apiKeys: ['right'] })
  for (const args of ['', '(id: "1")', '(customerId: "ada")', '(id: "1", customerId: "ada")']) {
    const body = JSON.stringify({ query: `subscription { orderChanged${args} { id } }` })
    const answer = await http.request('/graphql', { method: 'POST', headers: streaming, body })
    expect(await answer.text()).toContain('"code":"api-key-missing"')
  }
})
