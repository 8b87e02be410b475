import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { memoryEngine } from 'weir/memory'
import { type Runtime, startRuntime } from 'weir/runtime'
import { boxOffice, Concert, theCure } from '../../test/box-office.ts'
import { createHttpApp } from '../app.ts'
import { Listener } from '../live/events.fixture.ts'
import { exploredEvent } from './explorer-schemas.ts'

const at = '/ops/box-office/events'

let runtime: Runtime
let ask: (query?: string, headers?: Record<string, string>) => Promise<Response>
let listeners: Listener[]

beforeEach(async () => {
  listeners = []
  runtime = await startRuntime(boxOffice, { engine: memoryEngine() })
  const http = createHttpApp({ mounts: [{ base: '', runtime }], readerKeys: ['key'] })
  ask = async (query = '', headers = {}) =>
    http.request(at + query, { headers: { 'x-operator-key': 'key', accept: 'text/event-stream', ...headers } })
})

afterEach(async () => {
  await Promise.all(listeners.map((each) => each.leave()))
  await runtime.stop()
})

async function listen(...asked: Parameters<typeof ask>): Promise<Listener> {
  const listener = new Listener(await ask(...asked))
  listeners.push(listener)
  return listener
}

const schedule = (id: string) => runtime.execute(Concert.commands.schedule(id, theCure))
const move = (id: string, venue: string) => runtime.execute(Concert.commands.move(id, { venue }))

describe('who watches an application', () => {
  test('is sent each event as it is recorded, as it is shown elsewhere', async () => {
    const listener = await listen()
    expect(listener.answer.status).toBe(200)
    expect(Object.fromEntries(listener.answer.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'private, no-store',
    })
    await schedule('a')
    const { event, id, data } = (await listener.next()) ?? {}
    expect(event).toBe('event')
    expect(id).not.toBe('')
    expect(data).toMatchObject({ stream: 'concert-a', version: 1, type: 'Scheduled', data: theCure })
    expect(exploredEvent.parse(data)).toEqual(data)
  })

  test('is sent what was asked for', async () => {
    const listener = await listen('?type=Moved&stream=concert-b&aggregate=concert')
    for (const id of ['a', 'b']) {
      await schedule(id)
      await move(id, `Hall ${id}`)
    }
    expect(await listener.next()).toMatchObject({ data: { data: { venue: 'Hall b' } } })
  })

  test('goes on where it was', async () => {
    const first = await listen()
    await schedule('a')
    const { id = '' } = (await first.next()) ?? {}
    await first.leave()
    await move('a', 'Hall')
    const second = await listen('', { 'last-event-id': id })
    expect(await second.next()).toMatchObject({ data: { version: 2 } })
  })
})

test.each([
  ['?type=%00', {}, 'invalid-query'],
  ['?limit=3', {}, 'invalid-query'],
  ['?type=a&type=b', {}, 'invalid-query'],
  ['', { 'last-event-id': '1' }, 'malformed-cursor'],
  ['', { 'last-event-id': 'x'.repeat(10_000) }, 'malformed-cursor'],
])('what cannot be asked is refused: %s %j', async (query, headers, code) => {
  const answer = await ask(query, headers as Record<string, string>)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ code })
})

test('HEAD watches nothing', async () => {
  const http = createHttpApp({ mounts: [{ base: '', runtime }], readerKeys: ['key'] })
  const tail = vi.spyOn(runtime.operations, 'tail')
  const headers = { 'x-operator-key': 'key', accept: 'text/event-stream' }
  expect((await http.request(at, { method: 'HEAD', headers })).status).toBe(406)
  expect(tail).not.toHaveBeenCalled()
})

test('events are only to be had as they come', async () => {
  const answer = await ask('', { accept: 'application/json' })
  expect(answer.status).toBe(406)
  expect(await answer.json()).toMatchObject({ code: 'not-acceptable' })
})
