import { beforeEach, describe, expect, test } from 'vitest'
import { memoryEngine } from 'weir/memory'
import { type Runtime, startRuntime } from 'weir/runtime'
import { boxOffice, Concert, theCure } from '../../test/box-office.ts'
import { createHttpApp } from '../app.ts'
import { causation, documentHistory, exploredEvent, stateAt, streamHead } from './explorer-schemas.ts'

const at = '/ops/box-office'
const ada = { customerName: 'Ada', customerEmail: 'ada@example.com' }

let runtime: Runtime
let ask: (path: string) => Promise<Response>

beforeEach(async () => {
  runtime = await startRuntime(boxOffice, { engine: memoryEngine() })
  const http = createHttpApp({ mounts: [{ base: '', runtime }], readerKeys: ['key'] })
  ask = async (path) => http.request(path, { headers: { 'x-operator-key': 'key' } })
  for (const id of ['a', 'b', 'c']) await runtime.execute(Concert.commands.schedule(id, theCure))
  await runtime.execute(Concert.commands.move('a', { venue: 'Hall' }))
  await runtime.execute(Concert.commands.buyTicket('a', ada))
  await runtime.settled()
})

// biome-ignore lint/suspicious/noExplicitAny: whatever the server says
async function json(path: string): Promise<any> {
  const answer = await ask(path)
  expect(answer.status, path).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return answer.json()
}

/** What the pages of a list hold, each as `shown`, as long as links lead on. */
async function pages<T>(path: string, shown: (item: never) => T): Promise<T[][]> {
  const all: T[][] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: Response = await ask(next)
    all.push(((await answer.json()) as never[]).map(shown))
    next = answer.headers.get('link')?.match(/^<(.*)>; rel="next"$/)?.[1]
  }
  return all
}

describe('streams', () => {
  const name = ({ stream }: { stream: string }) => stream

  test('are listed with their versions, the last name first, in pages', async () => {
    const all = await json(`${at}/streams`)
    expect(all).toEqual([
      { stream: 'concert-c', version: 1 },
      { stream: 'concert-b', version: 1 },
      { stream: 'concert-a', version: 3 },
    ])
    for (const each of all) expect(streamHead.parse(each)).toEqual(each)
    expect(await pages(`${at}/streams?limit=2&prefix=concert-`, name)).toEqual([
      ['concert-c', 'concert-b'],
      ['concert-a'],
    ])
    expect(await json(`${at}/streams?prefix=concert-b`)).toEqual([{ stream: 'concert-b', version: 1 }])
  })

  test('are told one by one', async () => {
    expect(await json(`${at}/streams/concert-a`)).toEqual({ stream: 'concert-a', version: 3 })
  })

  test.each(['%25', '_', `${'x'.repeat(10_000)}`, '%F0%9F%98%80', "'; DROP TABLE commits; --", '%EF%BF%BF'])(
    'are not found by what is no beginning of a name: %s',
    async (prefix) => {
      expect(await json(`${at}/streams?prefix=${prefix}`)).toEqual([])
    },
  )
})

describe('the events of a stream', () => {
  const version = (event: { version: number }) => event.version
  const events = `${at}/streams/concert-a/events`

  test('are shown in version order, with all that was recorded about them', async () => {
    const all = await json(events)
    expect(all.map(({ type }: { type: string }) => type)).toEqual(['Scheduled', 'Moved', 'TicketSold'])
    expect(all[1]).toMatchObject({ stream: 'concert-a', version: 2, data: { venue: 'Hall' }, schemaVersion: 1 })
    for (const each of all) expect(exploredEvent.parse(each)).toEqual(each)
  })

  test('come in pages, forwards from a version and backwards from one', async () => {
    expect(await pages(`${events}?limit=2`, version)).toEqual([[1, 2], [3]])
    expect(await pages(`${events}?after=1&limit=1`, version)).toEqual([[2], [3]])
    expect(await pages(`${events}?before=4&limit=2`, version)).toEqual([[2, 3], [1]])
    expect(await pages(`${events}?before=1000000&limit=3`, version)).toEqual([[1, 2, 3]])
    expect(await pages(`${events}?before=3&after=1`, version)).toEqual([[2]])
    for (const none of ['after=3', 'after=999999999999999', 'before=1', 'before=0', 'after=2&before=2']) {
      expect(await json(`${events}?${none}`), none).toEqual([])
    }
  })
})

test('what an event belongs to is told from the request on', async () => {
  const options = { correlationId: 'request-1', actor: 'api-key:1' }
  await runtime.execute(Concert.commands.cancel('b', {}), options)
  const story = await json(`${at}/streams/concert-b/events/2/causation`)
  expect(causation.parse(story)).toEqual(story)
  expect(story).toMatchObject({ correlationId: 'request-1', truncated: false })
  expect(story.nodes.map(({ kind, label }: Record<string, string>) => `${kind} ${label}`)).toEqual([
    'request request-1',
    'command concert.cancel',
    'event Cancelled',
  ])
  const [request, command, event] = story.nodes.map(({ id }: Record<string, string>) => id)
  expect(story.edges).toEqual([
    { from: request, to: command },
    { from: command, to: event },
  ])
})

describe('the state of an aggregate', () => {
  const state = `${at}/streams/concert-a/state`

  test('is shown as it is, and as it was at a version', async () => {
    const now = await json(state)
    expect(now).toEqual({ version: 3, state: { status: 'on-sale', left: 1 } })
    expect(stateAt.parse(now)).toEqual(now)
    expect(await json(`${state}?version=2`)).toEqual({ version: 2, state: { status: 'on-sale', left: 2 } })
    expect(await json(`${state}?version=0`)).toEqual({ version: 0, state: { status: 'unscheduled' } })
  })

  test('is not there at a version that the stream has not reached', async () => {
    const answer = await ask(`${state}?version=4`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      code: 'not-found',
      detail: 'The stream has no version 4 yet: it is at 3.',
    })
  })
})

describe('documents', () => {
  test('are listed by id, in pages', async () => {
    const id = (document: { id: string }) => document.id
    expect(await pages(`${at}/projections/concerts/documents?limit=2`, id)).toEqual([['a', 'b'], ['c']])
  })

  test('are shown as they are now', async () => {
    const path = `${at}/projections/customers/documents/ada%40example.com`
    expect(await json(path)).toEqual({ id: 'ada@example.com', tickets: 1 })
  })

  test('are shown after each event that they were made from', async () => {
    const history = await json(`${at}/projections/concerts/documents/a/history`)
    expect(documentHistory.parse(history)).toEqual(history)
    expect(history).toMatchObject({ complete: true, omitted: 0 })
    const told = history.steps.map(({ type, document }: Record<string, Record<string, unknown>>) => [
      type,
      document?.venue,
      document?.availableTickets,
    ])
    expect(told).toEqual([
      ['Scheduled', 'Arena', 2],
      ['Moved', 'Hall', 2],
      ['TicketSold', 'Hall', 1],
    ])
  })
})

test.each([
  `${at}/streams/concert-z`,
  `${at}/streams/concert-z/events`,
  `${at}/streams/concert-z/state`,
  `${at}/streams/concert-a%00`,
  `${at}/streams/${'x'.repeat(10_000)}/events`,
  `${at}/streams/..%2F..%2Fpolicies/state`,
  `${at}/projections/concerts/documents/z`,
  `${at}/projections/concerts/documents/%00`,
  `${at}/projections/concerts/documents/z/history`,
  `${at}/projections/concerts/documents/${'x'.repeat(10_000)}/history`,
])('what is not there is not found: %s', async (path) => {
  const answer = await ask(path)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: 'not-found', detail: expect.stringMatching(/^There is no such/) })
})

test.each(['0', '4', '-1', '1.5', 'x', '%00', '9'.repeat(400)])('no event has the version %s', async (version) => {
  const answer = await ask(`${at}/streams/concert-a/events/${version}/causation`)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: 'not-found' })
})

test('a projection that is not there is told, and which there are', async () => {
  const answer = await ask(`${at}/projections/concert/documents`)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({
    code: 'unknown-consumer',
    detail: expect.stringContaining('concerts, customers'),
  })
})

test.each([
  ['streams?limit=0', 'invalid-query'],
  ['streams?limit=1001', 'invalid-query'],
  ['streams?prefix=%00', 'invalid-query'],
  ['streams?prefix=a&prefix=b', 'invalid-query'],
  ['streams?cursor=%3D', 'malformed-cursor'],
  ['streams?cursor=_w', 'malformed-cursor'],
  ['streams/concert-a/events?after=-1', 'invalid-query'],
  ['streams/concert-a/events?before=1.5', 'invalid-query'],
  ['streams/concert-a/events?after=9999999999999999', 'invalid-query'],
  ['streams/concert-a/events?cursor=x', 'invalid-query'],
  ['streams/concert-a/state?version=-1', 'invalid-query'],
  ['streams/concert-a/state?version=', 'invalid-query'],
  ['projections/concerts/documents?cursor=x', 'malformed-cursor'],
])('what cannot be asked is refused: %s', async (path, code) => {
  const answer = await ask(`${at}/${path}`)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ code })
})
