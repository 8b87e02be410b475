import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Cafe, type cafe } from './cafe.fixture.ts'
import { type Client, type ClientOptions, client, etagOf, ProblemError, type RoutesOf } from './index.ts'

let open: Cafe
let api: Client<RoutesOf<typeof cafe>>

beforeEach(async () => {
  open = await Cafe.open()
  api = calling()
})

afterEach(() => open.close())

const calling = (options: ClientOptions = {}) => client<typeof cafe>(open.url, options)

/** The problem that a call fails with. */
async function problemOf(call: Promise<unknown>): Promise<ProblemError> {
  const outcome = await call.catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(ProblemError)
  return outcome as ProblemError
}

/** Really fetches, and then says that the answer was lost, so many times. */
function losing(answers: number): { fetch: typeof fetch; readonly sent: RequestInit[] } {
  const sent: RequestInit[] = []
  return {
    sent,
    fetch: async (address, init) => {
      const answer = await fetch(address, init)
      sent.push(init ?? {})
      if (sent.length <= answers) throw new TypeError('connection reset')
      return answer
    },
  }
}

/** A server whose tokens are long, and which takes no header that is longer than this. */
function withLongTokens(longestHeader: number): { fetch: typeof fetch; readonly sent: string[] } {
  const sent: string[] = []
  let writes = 0
  return {
    sent,
    fetch: async (_, init) => {
      if (init?.method === 'POST') {
        writes += 1
        const token = `${'x'.repeat(997)}${String(writes).padStart(3, '0')}`
        return Response.json({}, { status: 201, headers: { 'consistency-token': token } })
      }
      const token = new Headers(init?.headers).get('consistency-token') ?? ''
      sent.push(token)
      return token.length > longestHeader ? new Response('', { status: 431 }) : Response.json([])
    },
  }
}

describe('tokens that are long, as those of commands that write to many streams', () => {
  const order = { guest: 'Ada', drink: 'tea' }

  test('are sent as far as headers can hold them, the newest first', async () => {
    const server = withLongTokens(8000)
    const calls = calling(server)
    for (let n = 0; n < 20; n++) await calls.post('/orders', order)
    await calls.get('/orders')
    expect(server.sent).toHaveLength(1)
    expect(server.sent[0]).toMatch(/020$/)
    expect(server.sent[0]?.split(',')).toHaveLength(5)
  })

  test('do not keep anybody from reading where they are too long', async () => {
    const server = withLongTokens(500)
    const calls = calling(server)
    await calls.post('/orders', order)
    expect(await calls.get('/orders')).toEqual([])
    expect(server.sent.map(({ length }) => length)).toEqual([1000, 0])
  })
})

describe('commands and reads', () => {
  test('what was written is in the next read, whichever route it takes', async () => {
    for (const drink of ['tea', 'water', 'milk']) {
      const { id, version } = await api.post('/orders', { guest: 'Ada', drink })
      expect(version).toBe(1)
      expect(await api.get('/orders/:id', { id })).toEqual({ id, guest: 'Ada', drink, served: false })
      await api.put('/orders/:id/service', { id })
      expect(await api.get('/orders', { drink })).toEqual([{ id, guest: 'Ada', drink, served: true }])
    }
    expect(await api.get('/drinks')).toEqual(['tea'])
  })

  test('a read waits for what the same client has written, and the next one need not', async () => {
    const held = open.hold()
    const { fetch: watched, sent } = losing(0)
    const ada = calling({ fetch: watched })
    await ada.post('/orders', { guest: 'Ada', drink: 'tea' })
    const reading = ada.get('/orders')
    expect(await api.get('/orders')).toEqual([])
    held.release()
    expect(await reading).toHaveLength(1)
    await ada.get('/orders')
    const tokens = sent.map(({ headers }) => (headers as Record<string, string>)['consistency-token'])
    expect(tokens).toEqual([undefined, expect.any(String), undefined])
  })

  test('ids go into the path as they are', async () => {
    const problem = await problemOf(api.get('/orders/:id', { id: 'a/b?c=d' }))
    expect(problem).toMatchObject({ code: 'not-found', status: 404 })
    await expect(api.get('/orders/:id', { id: '' })).rejects.toThrow("'id' is needed for /orders/:id")
  })

  test('pages follow one another to the last', async () => {
    for (const drink of ['a', 'b', 'c']) await api.post('/orders', { guest: 'Ada & Bo', drink })
    const query = { guest: 'Ada & Bo', limit: 2, sort: '-drink' } as const
    const first = await api.get('/orders', query)
    expect(first.map(({ drink }) => drink)).toEqual(['c', 'b'])
    const last = await api.get('/orders', { ...query, cursor: first.next })
    expect(last.map(({ drink }) => drink)).toEqual(['a'])
    expect(last.next).toBeUndefined()
  })

  test('a refusal is thrown with its reasons, and not sent again', async () => {
    const { id } = await api.post('/orders', { guest: 'Ada', drink: 'tea' })
    await api.put('/orders/:id/service', { id })
    const { fetch: counted, sent } = losing(0)
    const problem = await problemOf(calling({ fetch: counted }).put('/orders/:id/service', { id }))
    expect(problem).toMatchObject({ code: 'served-already', status: 409, title: 'It is on the table' })
    expect(problem).toMatchObject({ detail: 'Look again.', message: 'It is on the table: Look again.' })
    expect(sent).toHaveLength(1)
    expect((await problemOf(api.post('/orders', { guest: '', drink: 'tea' }))).errors).toEqual([
      { field: 'guest', message: expect.any(String) },
    ])
  })

  test('guarded routes are called with the key', async () => {
    expect(await problemOf(api.get('/books'))).toMatchObject({ status: 401, code: 'api-key-missing' })
    expect(await calling({ apiKey: 'key' }).get('/books')).toEqual([])
    expect(await calling({ headers: () => ({ 'x-api-key': 'key' }) }).get('/books')).toEqual([])
  })
})

describe('what has changed meanwhile', () => {
  test('is not overwritten by who saw it before', async () => {
    const written = await api.post('/orders', { guest: 'Ada', drink: 'tea' })
    const order = await api.get('/orders/:id', written)
    expect(etagOf(order)).toBe('"1"')
    expect(etagOf({ ...order })).toBeUndefined()
    const served = await api.put('/orders/:id/service', written, { ifMatch: order })
    expect(await problemOf(api.delete('/orders/:id', order, { ifMatch: order }))).toMatchObject({
      code: 'version-mismatch',
      status: 412,
    })
    await expect(api.delete('/orders/:id', order, { ifMatch: { ...order } })).rejects.toThrow('no copy')
    expect((await api.delete('/orders/:id', order, { ifMatch: served })).version).toBe(3)
  })

  test('is not what the same command has changed, when its answer is lost', async () => {
    const { fetch: lossy, sent } = losing(1)
    const order = await api.post('/orders', { guest: 'Ada', drink: 'tea' })
    const { version } = await calling({ fetch: lossy }).put('/orders/:id/service', order, { ifMatch: order })
    expect([version, sent.length]).toEqual([2, 2])
  })
})

describe('a connection that fails', () => {
  test('a command whose answers are lost has one effect, and is answered as the first time', async () => {
    const { fetch: lossy, sent } = losing(2)
    const { version } = await calling({ fetch: lossy }).post('/orders', { guest: 'Ada', drink: 'tea' })
    expect(version).toBe(1)
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ headers }) => (headers as Record<string, string>)['idempotency-key'])).size).toBe(1)
    await open.runtime.settled()
    expect(await api.get('/orders')).toHaveLength(1)
  })

  test('a read waits for a server that comes back', async () => {
    await api.post('/orders', { guest: 'Ada', drink: 'tea' })
    await open.goAway()
    const reading = api.get('/orders')
    await open.comeBack()
    expect(await reading).toHaveLength(1)
  })

  test('is told when it does not pass', async () => {
    let calls = 0
    const dead: typeof fetch = async () => {
      calls += 1
      throw new TypeError('no network')
    }
    const aborted = new AbortController()
    const call = calling({ fetch: dead }).get('/orders', {}, { signal: aborted.signal })
    await expect.poll(() => calls).toBe(2)
    aborted.abort(new Error('gone to another page'))
    await expect(call).rejects.toThrow('gone to another page')
    const busy: typeof fetch = async () => new Response('Bad things', { status: 503, headers: { 'retry-after': '60' } })
    expect(await problemOf(calling({ fetch: busy }).get('/orders'))).toMatchObject({ code: 'http-503', retryAfter: 60 })
  })

  test('is told from a request that cannot be made, which is not tried', async () => {
    const asked = vi.fn(fetch)
    const withOddKey = client<typeof cafe>(open.url, { apiKey: 'ключ', fetch: asked })
    await expect(withOddKey.get('/books')).rejects.toMatchObject({
      code: 'unsendable',
      title: 'A header cannot be sent',
    })
    await expect(withOddKey.live('/books').next()).rejects.toMatchObject({ code: 'unsendable' })
    expect(asked).not.toHaveBeenCalled()
    expect(() => client('localhost:3000/cafe')).toThrow(
      "'localhost:3000/cafe' is no address: begin it with http:// or /",
    )
  })

  test('something else at this address is told from an application', async () => {
    const page: typeof fetch = async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })
    const lost = calling({ fetch: page })
    expect(await problemOf(lost.get('/orders'))).toMatchObject({ code: 'unexpected-answer', status: 200 })
    expect(await problemOf(lost.live('/orders').next())).toMatchObject({ code: 'unexpected-answer' })
  })

  test('a store that was replaced is read without the tokens of the one before', async () => {
    await api.post('/orders', { guest: 'Ada', drink: 'tea' })
    await open.goAway()
    await open.comeBackEmpty()
    expect(await api.get('/orders')).toEqual([])
  })
})
