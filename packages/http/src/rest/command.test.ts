import { beforeEach, describe, expect, test } from 'vitest'
import { boxOffice, type Office, openBoxOffice, theCure } from '../../test/box-office.ts'
import { accepted, fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

const json = async (answer: Response) => ({ status: answer.status, body: await answer.json() })

describe('a concert is scheduled', () => {
  let office: Office
  beforeEach(async () => {
    office = await openBoxOffice('/box-office')
  })

  test('and can be found where the answer says, as the token promises', async () => {
    const answer = await office.send('POST', '/concerts', theCure)
    expect(answer.status).toBe(201)
    const body = (await answer.json()) as { id: string }
    expect(body).toEqual({ id: expect.any(String), version: 1 })
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('location')).toBe(`/box-office/concerts/${body.id}`)
    const token = answer.headers.get('consistency-token') as string
    const found = await office.get(`/concerts/${body.id}`, { 'consistency-token': token })
    expect(found.status).toBe(200)
    expect(found.headers.get('consistency-status')).toBe('reached')
  })

  test('once, however often the same request is repeated', async () => {
    const key = { 'idempotency-key': 'once' }
    const first = await office.send('POST', '/concerts', theCure, key)
    const second = await office.send('POST', '/concerts', theCure, key)
    expect(second.status).toBe(first.status)
    for (const name of ['location', 'etag']) expect(second.headers.get(name)).toBe(first.headers.get(name))
    expect(await second.json()).toEqual(await first.json())
    await office.runtime.settled()
    expect(await (await office.get('/concerts')).json()).toHaveLength(1)
  })

  test('but a key is not taken for another request', async () => {
    const key = { 'idempotency-key': 'once' }
    await office.send('POST', '/concerts', theCure, key)
    const other = await office.send('POST', '/concerts', { ...theCure, name: 'Blur' }, key)
    expect(await json(other)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  test.each(['', 'with space', 'ü', 'x'.repeat(256)])('not under the key %j', async (key) => {
    const { runtime } = fakeRuntime(boxOffice)
    const http = createHttpApp({ mounts: [{ base: '', runtime }] })
    const headers = new Headers({ 'content-type': 'application/json' })
    headers.set('idempotency-key', Buffer.from(key).toString('latin1'))
    const answer = await http.request('/concerts', { method: 'POST', headers, body: '{}' })
    expect(await json(answer)).toMatchObject({ status: 400, body: { code: 'malformed-idempotency-key' } })
  })

  test('not with fields that are wrong: each is named', async () => {
    const answer = await office.send('POST', '/concerts', { ...theCure, name: ' ', seats: -1 })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await json(answer)).toEqual({
      status: 400,
      body: {
        type: 'urn:weir:problem:invalid-input',
        title: expect.any(String),
        status: 400,
        code: 'invalid-input',
        errors: [
          { field: 'name', message: expect.any(String) },
          { field: 'seats', message: expect.any(String) },
        ],
      },
    })
  })
})

describe('a ticket is bought', () => {
  let office: Office
  let concertId: string
  const ann = { customerName: 'Ann', customerEmail: 'ann@example.org' }
  beforeEach(async () => {
    office = await openBoxOffice()
    concertId = await office.schedule({ seats: 1 })
  })

  test('and the answer is built from the decision, also when it is repeated', async () => {
    const key = { 'idempotency-key': 'ann-1' }
    const answer = await office.send('POST', '/tickets', { concertId, ...ann }, key)
    expect(answer.status).toBe(201)
    expect(answer.headers.has('etag')).toBe(false)
    const { id } = (await answer.json()) as { id: string }
    expect(answer.headers.get('location')).toBe(`/tickets/${id}`)
    const again = await office.send('POST', '/tickets', { concertId, ...ann }, key)
    expect(again.headers.get('location')).toBe(`/tickets/${id}`)
    expect(await json(again)).toEqual({ status: 201, body: { id } })
  })

  test('but not a second one: the application says no in its own words', async () => {
    await office.send('POST', '/tickets', { concertId, ...ann })
    const answer = await office.send('POST', '/tickets', { concertId, ...ann })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await json(answer)).toEqual({
      status: 400,
      body: {
        type: 'urn:box-office:problem:sold-out',
        title: 'No tickets available',
        status: 400,
        code: 'sold-out',
        detail: 'All gone.',
      },
    })
  })

  test('for a concert that there is', async () => {
    const answer = await office.send('POST', '/tickets', { concertId: 'no-such-concert', ...ann })
    expect(await json(answer)).toMatchObject({ status: 404, body: { code: 'concert-not-found' } })
  })

  test.each([
    ['is missing', ann],
    ['has to be text', { ...ann, concertId: 7 }],
    ['has to be text', { ...ann, concertId: null }],
    ['is not an id', { ...ann, concertId: 'a b' }],
  ])('and the concert %s', async (message, body) => {
    const answer = await office.send('POST', '/tickets', body)
    expect(await json(answer)).toMatchObject({ status: 400, body: { errors: [{ field: 'concertId', message }] } })
  })

  test('and all that is wrong is named at once, the concert and the buyer', async () => {
    const answer = await office.send('POST', '/tickets', { customerEmail: 'b' })
    const { errors } = (await answer.json()) as { errors: { field: string }[] }
    expect(errors.map(({ field }) => field)).toEqual(['concertId', 'customerName', 'customerEmail'])
  })

  test.each(['[]', 'null', '"text"', '7'])('with an object, not with %s', async (body) => {
    const answer = await office.send('POST', '/tickets', body)
    expect(await json(answer)).toMatchObject({ status: 400, body: { code: 'invalid-input' } })
  })

  test('and a defect is not shown to the buyer', async () => {
    const answer = await office.send('POST', '/tickets', { concertId, ...ann, customerName: 'Mallory' })
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(text).not.toContain('SECRET')
    expect(text).not.toContain('.ts')
    expect(JSON.parse(text).requestId).toBe(answer.headers.get('x-request-id'))
  })
})

describe('a concert is moved', () => {
  let office: Office
  let path: string
  beforeEach(async () => {
    office = await openBoxOffice()
    path = `/concerts/${await office.schedule()}`
  })
  const move = (headers: Record<string, string>, venue = 'Hall') => office.send('PUT', path, { venue }, headers)

  test.each(['"1"', '*', '"7", "1"', 'W/"9", "1" ,"2"', '"1-aBc_9"'])('when If-Match is %s', async (etag) => {
    const answer = await move({ 'if-match': etag })
    expect(await json(answer)).toMatchObject({ status: 200, body: { version: 2 } })
    expect(answer.headers.get('etag')).toBe('"2"')
    expect(answer.headers.has('location')).toBe(false)
  })

  test.each(['"2"', 'W/"1"', '"0"', '"01"', '"abc"', '"3","4"', '""'])('not when If-Match is %s', async (etag) => {
    const answer = await move({ 'if-match': etag })
    expect(await json(answer)).toMatchObject({ status: 412, body: { code: 'version-mismatch' } })
  })

  test.each(['1', '"1', '"1" "2"', '', '*, "1"'])('not when If-Match is the malformed %j', async (etag) => {
    expect(await json(await move({ 'if-match': etag }))).toMatchObject({
      status: 400,
      body: { code: 'malformed-if-match' },
    })
  })

  test('only if it is there, when asked so', async () => {
    const nowhere = '/concerts/unheard-of'
    expect((await office.send('DELETE', nowhere, {}, { 'if-match': '*' })).status).toBe(412)
    expect((await office.send('PUT', nowhere, { venue: 'Hall' })).status).toBe(404)
  })

  test('to where it is already: nothing happens, and its version stays', async () => {
    expect(await json(await move({}, 'same'))).toMatchObject({ status: 200, body: { version: 1 } })
  })

  test('and an address that cannot be an id holds nothing', async () => {
    const answer = await office.send('PUT', '/concerts/a%20b', { venue: 'Hall' })
    expect(await json(answer)).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  test('and cancelled, which needs no body', async () => {
    const answer = await office.send('DELETE', path, undefined)
    expect(await json(answer)).toMatchObject({ status: 200, body: { version: 2 } })
  })
})

describe('the runtime is told', () => {
  const asRequested = async (headers: Record<string, string>) => {
    const { runtime, asked } = fakeRuntime(boxOffice)
    const http = createHttpApp({ mounts: [{ base: '', runtime }] })
    const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', ...headers } }
    const answer = await http.request('/concerts', init)
    return { answer, options: asked.execute[0]?.options }
  }

  test('who asks: the request id is answered and becomes the correlation id', async () => {
    const { answer, options } = await asRequested({ 'x-request-id': 'req-7' })
    expect(answer.headers.get('x-request-id')).toBe('req-7')
    expect(options).toEqual({ correlationId: 'req-7' })
  })

  test('the trace that it belongs to', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    expect((await asRequested({ traceparent })).options).toMatchObject({ traceparent })
    expect((await asRequested({ traceparent: '00-0-0-0' })).options).not.toHaveProperty('traceparent')
  })

  test('one command id for one key, route and application', async () => {
    const first = (await asRequested({ 'idempotency-key': 'k' })).options?.commandId
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-/)
    expect((await asRequested({ 'idempotency-key': 'k' })).options?.commandId).toBe(first)
    expect((await asRequested({ 'idempotency-key': 'l' })).options?.commandId).not.toBe(first)
  })

  test('of several If-Match versions the one that is there', async () => {
    const { runtime, asked } = fakeRuntime(boxOffice, {
      execute: (options) => (options?.expectedVersion === 5 ? accepted : { outcome: 'version-mismatch', version: 5 }),
    })
    const http = createHttpApp({ mounts: [{ base: '', runtime }] })
    const headers = { 'content-type': 'application/json', 'if-match': '"3", "4", "5"' }
    const answer = await http.request('/concerts/c-1', { method: 'PUT', body: '{}', headers })
    expect(answer.status).toBe(200)
    expect(asked.execute.map(({ options }) => options?.expectedVersion)).toEqual([3, 5])
  })
})
