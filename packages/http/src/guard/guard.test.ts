import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { cafe } from '../../test/cafe.ts'
import { accepted, fakeRuntime } from '../../test/fake-runtime.ts'
import { memoryLogger } from '../../test/memory-logger.ts'
import { createHttpApp } from '../app.ts'

const OLD = 'old-key-of-the-cafe'
const NEW = 'new-key-of-the-cafe'

const open = () => {
  const { logger, lines } = memoryLogger()
  const { runtime, asked } = fakeRuntime(cafe, { execute: () => accepted })
  const http = createHttpApp({ mounts: [{ base: '/cafe', runtime }], apiKeys: [OLD, NEW], logger })
  const place = (headers: Record<string, string> | [string, string][], body: RequestInit['body'] = '{}') => {
    const all = new Headers(headers)
    all.set('content-type', 'application/json')
    return http.request('/cafe/orders', { method: 'POST', headers: all, body, duplex: 'half' } as RequestInit)
  }
  return { http, place, asked, lines }
}

describe('a guarded route', () => {
  test('serves whoever has one of the keys', async () => {
    const { place } = open()
    for (const key of [OLD, NEW]) expect((await place({ 'x-api-key': key })).status, key).toBe(201)
  })

  test.each([{}, { 'x-api-key': '' }])(
    'without a key is closed, and says which header it wants: %j',
    async (headers) => {
      const { place, asked } = open()
      const answer = await place(headers as Record<string, string>)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('ApiKey realm="cafe", header="x-api-key"')
      expect(await answer.json()).toEqual({
        type: 'urn:weir:problem:api-key-missing',
        title: 'This needs an API key',
        status: 401,
        code: 'api-key-missing',
        detail: 'Send a key in the header x-api-key.',
      })
      expect(asked.execute).toEqual([])
    },
  )

  test.each([
    ['another', 'another-key'],
    ['the beginning of one', OLD.slice(0, -1)],
    ['one and more', `${OLD}x`],
    ['another case', OLD.toUpperCase()],
    ['several', `${OLD},${NEW}`],
    ['with a comma', `${OLD},`],
    ['of other letters', 'schlüssel'],
    ['a huge one', 'k'.repeat(1_000_000)],
  ])('is closed to a key that is not one: %s', async (_, key) => {
    const { place, asked } = open()
    const answer = await place({ 'x-api-key': key })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'api-key-wrong' })
    expect(asked.execute).toEqual([])
  })

  test('is closed to two keys at once, also when both are right', async () => {
    const { place } = open()
    const twice: [string, string][] = [
      ['x-api-key', OLD],
      ['x-api-key', NEW],
    ]
    expect((await place(twice)).status).toBe(403)
  })

  test('looks at the key before it reads the body', async () => {
    const { place } = open()
    const pulled: string[] = []
    const body = new ReadableStream({ pull: () => void pulled.push('read') }, { highWaterMark: 0 })
    expect((await place({}, body)).status).toBe(401)
    expect(pulled).toEqual([])
  })

  test('is closed to HEAD as to GET, and tells pages of other origins what they may send', async () => {
    const { http } = open()
    for (const method of ['GET', 'HEAD']) expect((await http.request('/cafe/orders', { method })).status).toBe(401)
    const asks = { origin: 'https://cafe.example', 'access-control-request-method': 'POST' }
    const preflight = await http.request('/cafe/orders', { method: 'OPTIONS', headers: asks })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-api-key, x-operator-key')
  })

  test('can be beside one that is open, and documentation stays public', async () => {
    const { http } = open()
    for (const path of ['/coffees', '/docs', '/openapi.json', '']) {
      expect((await http.request(`/cafe${path}`)).status, path).toBe(200)
    }
  })
})

describe('a key', () => {
  const hashOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 16)

  test('is who asks, by its hash, in what is recorded', async () => {
    const { place, asked } = open()
    await place({ 'x-api-key': NEW })
    expect(asked.execute[0]?.options).toMatchObject({ actor: `api-key:${hashOf(NEW)}` })
  })

  test('has Idempotency-Keys of its own: callers never meet', async () => {
    const { place, asked } = open()
    for (const key of [OLD, NEW, OLD]) await place({ 'x-api-key': key, 'idempotency-key': 'monday' })
    const [first, second, third] = asked.execute.map(({ options }) => options?.commandId)
    expect(first).not.toBe(second)
    expect(third).toBe(first)
  })

  test('stands neither in logs nor in answers', async () => {
    const { place, lines, asked } = open()
    const answers = await Promise.all([OLD, 'wrong-key'].map((key) => place({ 'x-api-key': key })))
    const told = await Promise.all(answers.map(async (answer) => [...answer.headers].join() + (await answer.text())))
    expect(lines).toHaveLength(2)
    for (const key of [OLD, 'wrong-key']) expect(JSON.stringify([lines, told, asked])).not.toContain(key)
  })
})

describe('a server is not made', () => {
  const { runtime } = fakeRuntime(cafe)
  const mounts = [{ base: '', runtime }]

  test('with a guarded route and no key', () => {
    expect(() => createHttpApp({ mounts })).toThrow(/'cafe'.*'POST \/orders'.*apiKeys.*API_KEY/)
    expect(() => createHttpApp({ mounts: [{ base: '', runtime: fakeRuntime(boxOffice).runtime }] })).not.toThrow()
  })

  test.each(['', 'with space', 'a,b', 'schlüssel', 'line\n'])('with a key that no header can hold: %j', (key) => {
    const said = 'apiKeys[1] cannot be sent in a header: use visible ASCII characters without commas'
    expect(() => createHttpApp({ mounts, apiKeys: [OLD, key] })).toThrow(new Error(said))
  })
})
