import { beforeEach, describe, expect, test } from 'vitest'
import { boxOffice, type Office, openBoxOffice } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

describe('a concert is read', () => {
  let office: Office
  let path: string
  beforeEach(async () => {
    office = await openBoxOffice()
    path = `/concerts/${await office.schedule()}`
  })

  test('with its version as ETag', async () => {
    const answer = await office.get(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(answer.headers.has('consistency-status')).toBe(false)
    expect(await answer.json()).toMatchObject({ name: 'The Cure', availableTickets: 2 })
  })

  test('and not sent again while it is the same', async () => {
    for (const tag of ['"1"', 'W/"1"', '"0", "1"', '*']) {
      const answer = await office.get(path, { 'if-none-match': tag })
      expect(answer.status, tag).toBe(304)
      expect(answer.headers.get('etag')).toBe('"1"')
      expect(await answer.text()).toBe('')
    }
    await office.send('PUT', path, { venue: 'Hall' })
    await office.runtime.settled()
    expect((await office.get(path, { 'if-none-match': '"1"' })).status).toBe(200)
  })

  test('and there is none elsewhere', async () => {
    for (const id of ['unheard-of', '%00', 'a%2Fb', 'a%20b']) {
      const answer = await office.get(`/concerts/${id}`)
      expect(answer.status, id).toBe(404)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })
})

test('a customer whom several concerts change has an ETag that changes with each', async () => {
  const office = await openBoxOffice()
  const ann = { customerName: 'Ann', customerEmail: 'ann@example.org' }
  const buy = async (concertId: string) => {
    await office.send('POST', '/tickets', { concertId, ...ann })
    await office.runtime.settled()
    return office.get('/customers/ann@example.org')
  }
  const first = await buy(await office.schedule())
  const second = await buy(await office.schedule({ name: 'Blur' }))
  expect(await second.json()).toEqual({ id: 'ann@example.org', tickets: 2 })
  const etag = first.headers.get('etag') as string
  expect(etag).toMatch(/^"2-[\w-]{11}"$/)
  expect(second.headers.get('etag')).not.toBe(etag)
  expect((await office.get('/customers/ann@example.org', { 'if-none-match': etag })).status).toBe(200)
})

describe('a read waits for its token', () => {
  const read = async (consistency: 'reached' | 'timed-out' | 'parked', headers: Record<string, string>) => {
    const document = { id: 'c-1' }
    const { runtime, asked } = fakeRuntime(boxOffice, { get: () => ({ document, version: 1, consistency }) })
    const http = createHttpApp({ mounts: [{ base: '', runtime }] })
    return { answer: await http.request('/concerts/c-1', { headers }), options: asked.get[0]?.options }
  }

  test('as long as it prefers, within bounds', async () => {
    const waits = async (prefer: string) => (await read('reached', { 'consistency-token': 't', prefer })).options?.wait
    expect(await waits('wait=2')).toBe(2000)
    expect(await waits('respond-async, wait="10"')).toBe(10_000)
    expect(await waits('wait=3600')).toBe(30_000)
    expect(await waits('wait=soon')).toBeUndefined()
    expect(await waits('return=minimal')).toBeUndefined()
  })

  test('and says whether it was reached', async () => {
    for (const consistency of ['reached', 'timed-out', 'parked'] as const) {
      const { answer } = await read(consistency, { 'consistency-token': 't' })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('consistency-status')).toBe(consistency)
    }
  })

  test('and is refused when the caller is strict and it was not', async () => {
    for (const consistency of ['timed-out', 'parked'] as const) {
      const { answer } = await read(consistency, { 'consistency-token': 't', prefer: 'handling=strict' })
      expect(answer.status).toBe(503)
      expect(answer.headers.get('consistency-status')).toBe(consistency)
      expect(await answer.json()).toMatchObject({ code: 'not-current' })
    }
    const { answer } = await read('reached', { 'consistency-token': 't', prefer: 'handling=strict, wait=1' })
    expect(answer.status).toBe(200)
  })

  test('and hears whether to ask again: not when the write waits for repair', async () => {
    const refused = async (consistency: 'timed-out' | 'parked') => {
      const { answer } = await read(consistency, { 'consistency-token': 't', prefer: 'handling=strict' })
      const { detail } = (await answer.json()) as { detail: string }
      return { retryAfter: answer.headers.get('retry-after'), detail }
    }
    expect(await refused('timed-out')).toEqual({ retryAfter: '1', detail: expect.stringContaining('Ask again') })
    expect(await refused('parked')).toEqual({ retryAfter: null, detail: expect.stringContaining('repaired') })
  })

  test('and a token of another store is refused', async () => {
    const office = await openBoxOffice()
    const stranger = await openBoxOffice()
    const token = (
      await stranger.send('POST', '/concerts', { name: 'x', date: '2030-01-01', venue: 'y', seats: 1 })
    ).headers.get('consistency-token') as string
    for (const wrong of ['', 'nonsense', token, `${token},nonsense`]) {
      const answer = await office.get('/concerts', { 'consistency-token': wrong })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ type: expect.stringMatching(/^urn:weir:problem:.*token$/) })
    }
  })
})
