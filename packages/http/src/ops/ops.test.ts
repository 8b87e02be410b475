import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { app } from 'weir'
import { OperationRefused, type Operations, type RebuildStatus } from 'weir/runtime'
import { boxOffice, Concert } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { memoryLogger } from '../../test/memory-logger.ts'
import { createHttpApp, type HttpOptions } from '../app.ts'
import { opsRoutes } from './routes.ts'

const OPERATOR = 'key-of-an-operator'
const READER = 'key-of-a-reader'

const rebuild: RebuildStatus = {
  projection: 'concerts',
  generation: 2,
  state: 'running',
  done: 1,
  total: 3,
  eventsPerSecond: 1,
  secondsLeft: undefined,
  startedAt: '2030-01-01T00:00:00.000Z',
  endedAt: undefined,
  error: undefined,
  newlyParked: [],
}

function open(operations: Partial<Operations> = {}, options: Partial<HttpOptions> = {}) {
  const { runtime, asked } = fakeRuntime(boxOffice, { operations })
  const { logger, lines } = memoryLogger()
  const keys = { operatorKeys: [OPERATOR], readerKeys: [READER] }
  const http = createHttpApp({ mounts: [{ base: '', runtime }], ...keys, logger, ...options })
  const request = (method: string, path: string, body?: unknown, key: string | undefined = OPERATOR) =>
    http.request(path, {
      method,
      headers: { ...(key && { 'x-operator-key': key }), 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const json = async (...args: Parameters<typeof request>) => {
    const answer = await request(...args)
    return { status: answer.status, body: await answer.json() }
  }
  return { http, request, json, asked: asked.operations, lines }
}

const requests = opsRoutes.map(({ method, path }) => {
  const filled = path.replace(':app', 'box-office').replace(/:\w+/g, 'concerts')
  return [method, filled] as const
})

describe('the operations API', () => {
  test.each(requests)('is closed without a key: %s %s', async (method, path) => {
    const { request, asked } = open()
    const answer = await request(method, path, undefined, '')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('ApiKey realm="operations", header="x-operator-key"')
    expect(await answer.json()).toMatchObject({ code: 'operator-key-missing' })
    expect(asked).toEqual([])
  })

  test.each(requests)('is closed with a wrong key: %s %s', async (method, path) => {
    const { json, asked } = open({}, { apiKeys: ['key-of-a-caller'] })
    for (const key of ['wrong', 'key-of-a-caller', `${OPERATOR},${READER}`, 'schlüssel', 'k'.repeat(100_000)]) {
      expect(await json(method, path, undefined, key)).toMatchObject({
        status: 403,
        body: { code: 'operator-key-wrong' },
      })
    }
    expect(asked).toEqual([])
  })

  test.each(requests)('lets readers look and do nothing: %s %s', async (method, path) => {
    const { json, asked } = open()
    const { status, body } = await json(method, path, undefined, READER)
    if (method === 'GET') return expect(status).not.toBe(403)
    expect({ status, body }).toMatchObject({ status: 403, body: { code: 'operator-key-needed' } })
    expect(asked).toEqual([])
  })

  test('is not there when nobody has a key', async () => {
    const { http } = open({}, { operatorKeys: [], readerKeys: [] })
    for (const path of ['/ops', '/ops/docs', '/ops/openapi.json']) expect((await http.request(path)).status).toBe(404)
  })

  test('is there for readers alone', async () => {
    const { json } = open({}, { operatorKeys: [] })
    expect(await json('GET', '/ops', undefined, READER)).toMatchObject({ status: 200 })
  })

  test('keeps keys out of logs', async () => {
    const { request, lines } = open()
    for (const key of [OPERATOR, READER, 'no-such-key']) await request('GET', '/ops', undefined, key)
    expect(lines).toHaveLength(3)
    for (const key of [OPERATOR, READER, 'no-such-key']) expect(JSON.stringify(lines)).not.toContain(key)
  })

  test.each([
    ['PUT', '/ops', 405],
    ['POST', '/ops/box-office/dead-letters', 405],
    ['GET', '/ops/box-office/dead-letters/concerts/retry', 405],
    ['GET', '/ops/', 404],
    ['GET', '/ops/box-office', 404],
    ['GET', '/ops/box%2Foffice/projections', 404],
    ['GET', '/ops/BOX-OFFICE/projections', 404],
    ['GET', '/ops/__proto__/projections', 404],
    ['GET', '/ops/box-office/projections/..%2F..%2Fpolicies', 404],
    ['GET', '/ops/box-office/projections/%00', 404],
    ['GET', '/ops/box-office/projections/%zz', 400],
  ])('answers %s %s with %d', async (method, path, status) => {
    const { request } = open({ projections: async () => [] })
    expect((await request(method, path)).status).toBe(status)
  })

  test('says which applications there are when one is not', async () => {
    expect(await open().json('GET', '/ops/other/timers')).toMatchObject({
      status: 404,
      body: { code: 'not-found', detail: 'There is no such application here. There are: box-office.' },
    })
  })
})

test.each([
  [OPERATOR, 'operator'],
  [READER, 'reader'],
])('whoever asks is told what the key is good for: %s', async (key, role) => {
  expect(await open().json('GET', '/ops/whoami', undefined, key)).toEqual({ status: 200, body: { role } })
})

describe('applications', () => {
  const helpDesk = app('help-desk', { title: 'Help desk', routes: { 'POST /t': Concert.commands.schedule } })

  test('are listed with what there is to operate, wherever they are served', async () => {
    const mounts = [
      { base: '', runtime: fakeRuntime(boxOffice).runtime },
      { base: '/help-desk', runtime: fakeRuntime(helpDesk).runtime },
    ]
    const aggregates = [{ name: 'concert', raw: false, events: ['Scheduled', 'Moved', 'Cancelled', 'TicketSold'] }]
    expect((await open({}, { mounts }).json('GET', '/ops')).body).toEqual([
      {
        name: 'box-office',
        title: 'Box office',
        base: '',
        projections: ['concerts', 'customers'],
        policies: [],
        aggregates,
      },
      { name: 'help-desk', title: 'Help desk', base: '/help-desk', projections: [], policies: [], aggregates },
    ])
  })

  test('that share a name cannot be told apart', () => {
    const mounts = ['/a', '/b'].map((base) => ({ base, runtime: fakeRuntime(boxOffice).runtime }))
    expect(() => createHttpApp({ mounts, operatorKeys: ['key'] })).toThrow(/Two applications.*'box-office'/)
    expect(() => createHttpApp({ mounts })).not.toThrow()
  })
})

describe('a rebuild', () => {
  const at = '/ops/box-office/projections/concerts'

  test('is started, and followed where the answer says', async () => {
    const { request, json, asked } = open({ rebuild: async () => rebuild, rebuildStatus: async () => rebuild })
    const answer = await request('POST', `${at}/rebuild`)
    expect(answer.status).toBe(202)
    const location = answer.headers.get('location') as string
    expect(location).toBe(`${at}/rebuild`)
    const followed = await json('GET', location)
    expect(followed).toMatchObject({ status: 200, body: { state: 'running', done: 1, total: 3 } })
    expect(await answer.json()).toEqual(followed.body)
    expect(asked).toEqual([
      ['rebuild', 'concerts'],
      ['rebuildStatus', 'concerts'],
    ])
  })

  test.each([
    ['POST', '/rebuild/stop', 'stopRebuild', 200],
    ['DELETE', '/rebuild', 'cancelRebuild', 200],
    ['POST', '/roll-back', 'rollBack', 202],
  ] as const)('%s %s is %s', async (method, path, name, status) => {
    const { json, asked } = open({ [name]: async () => rebuild })
    expect(await json(method, at + path)).toMatchObject({ status, body: { projection: 'concerts' } })
    expect(asked).toEqual([[name, 'concerts']])
  })

  test('may serve although streams are parked in it, if they are named', async () => {
    const { json, asked } = open({ acceptParked: async () => rebuild })
    const streams = ['concert-1', 'concert-a/b']
    expect(await json('POST', `${at}/rebuild/accept`, { streams })).toMatchObject({ status: 200 })
    expect(asked).toEqual([['acceptParked', 'concerts', streams]])
  })

  test.each([{}, { streams: [] }, { streams: [''] }, { streams: 'concert-1' }, { streams: ['x'], more: 1 }, '[]'])(
    'may not serve because of %j',
    async (body) => {
      const { json, asked } = open({ acceptParked: async () => rebuild })
      expect(await json('POST', `${at}/rebuild/accept`, body)).toMatchObject({
        status: 400,
        body: { code: 'invalid-input' },
      })
      expect(asked).toEqual([])
    },
  )

  test('takes no words', async () => {
    const { json } = open({ rebuild: async () => rebuild })
    expect(await json('POST', `${at}/rebuild`, { force: true })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'force', message: 'is not a known field' }] },
    })
  })
})

describe('what is refused', () => {
  test.each([
    ['unknown-consumer', 404],
    ['no-dead-letter', 404],
    ['not-possible', 409],
    ['reason-missing', 400],
  ] as const)('%s is answered with %d, and is no defect', async (code, status) => {
    const { json, lines } = open({ rollBack: () => Promise.reject(new OperationRefused(code, 'Not as things stand')) })
    expect(await json('POST', '/ops/box-office/projections/concerts/roll-back')).toMatchObject({
      status,
      body: { type: `urn:weir:problem:${code}`, detail: 'Not as things stand' },
    })
    expect(lines).toEqual([expect.objectContaining({ level: 'info', code })])
    expect(lines[0]).not.toHaveProperty('err')
  })

  test('is a projection that is not there', async () => {
    const { json } = open({ projections: async () => [] })
    expect(await json('GET', '/ops/box-office/projections/none')).toMatchObject({
      status: 404,
      body: { code: 'unknown-consumer' },
    })
  })
})

describe('a dead letter', () => {
  const at = '/ops/box-office/dead-letters/concerts'

  test('is tried again', async () => {
    const { json, asked } = open({ retry: async () => 'parked' })
    expect(await json('POST', `${at}/retry`, { stream: 'concert-1', document: 'd/1' })).toEqual({
      status: 200,
      body: { outcome: 'parked' },
    })
    expect(asked).toEqual([['retry', 'concerts', { stream: 'concert-1', document: 'd/1' }]])
  })

  test('is meant also when it is of the document whose id is empty', async () => {
    const { json, asked } = open({ retry: async () => 'applied', discard: async () => undefined })
    const address = { stream: 'concert-1', document: '' }
    expect(await json('POST', `${at}/retry`, address)).toMatchObject({ status: 200, body: { outcome: 'applied' } })
    expect(await json('POST', `${at}/discard`, { ...address, reason: 'A test' })).toMatchObject({ status: 200 })
    expect(asked.map(([, , given]) => given)).toEqual([address, address])
  })

  test('is given up for a reason, by the operator whose key it was', async () => {
    const { json, asked } = open({ discard: async () => undefined })
    const address = { stream: 'concert-1', timer: 'reminder' }
    expect(await json('POST', `${at}/discard`, { ...address, reason: '  A test order. ' })).toEqual({
      status: 200,
      body: { outcome: 'discarded' },
    })
    const actor = `operator:${createHash('sha256').update(OPERATOR).digest('hex').slice(0, 16)}`
    expect(asked).toEqual([['discard', 'concerts', address, { reason: 'A test order.', actor }]])
  })

  test.each([
    [{ stream: 'concert-1' }, 'reason'],
    [{ stream: 'concert-1', reason: ' ' }, 'reason'],
    [{ stream: 'concert-1', reason: 'x'.repeat(501) }, 'reason'],
    [{ stream: 'concert-1', reason: '\x1b[2J' }, 'reason'],
    [{ stream: 'concert-1', reason: 'read \u202ebackwards' }, 'reason'],
    [{ stream: 'concert-1', reason: 'a half \ud800' }, 'reason'],
    [{ reason: 'why not' }, 'stream'],
    [{ stream: '', reason: 'why not' }, 'stream'],
    [{ stream: 'concert-\0', reason: 'why not' }, 'stream'],
    [{ stream: 'concert-1', document: '\0', reason: 'why not' }, 'document'],
    [{ stream: 'concert-1', timer: '', reason: 'why not' }, 'timer'],
    [{ stream: 'concert-1', reason: 'why not', actor: 'somebody else' }, 'actor'],
  ])('is not given up with %j', async (body, field) => {
    const { json, asked } = open({ discard: async () => undefined })
    const answer = await json('POST', `${at}/discard`, body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [{ field }] } })
    expect(asked).toEqual([])
  })
})
