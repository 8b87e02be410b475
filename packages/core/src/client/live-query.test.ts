import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Cafe, type cafe } from './cafe.fixture.ts'
import { type Client, type ClientOptions, client, type LiveState, type RoutesOf } from './index.ts'

let open: Cafe
let api: Client<RoutesOf<typeof cafe>>
let others: Client<RoutesOf<typeof cafe>>
/** Ends what a test has begun to show. */
let leaving: AbortController

beforeEach(async () => {
  open = await Cafe.open()
  leaving = new AbortController()
  api = calling()
  others = calling()
})

afterEach(async () => {
  leaving.abort()
  vi.unstubAllGlobals()
  await open.close()
})

const calling = (options: ClientOptions = {}) => client<typeof cafe>(open.url, options)

const drinksOf = (orders: readonly { drink: string }[] | undefined) => orders?.map(({ drink }) => drink)

/** Reads on until a state is as it is wanted. */
async function until<T>(states: AsyncIterator<T, undefined>, isWanted: (state: T) => boolean): Promise<T> {
  for (;;) {
    const { value, done } = await states.next()
    if (done) throw new Error('It has ended')
    if (isWanted(value)) return value
  }
}

/** What an answer tells until it has told one event; then it is left. */
async function firstEvent(answer: Response): Promise<string> {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  while (!/^data:/m.test(text)) text += new TextDecoder().decode((await reader.read()).value)
  await reader.cancel()
  return text
}

describe('a list that is shown live', () => {
  test('comes whole, in order, each time that somebody changes it', async () => {
    const tea = await others.post('/orders', { guest: 'Ada', drink: 'tea' })
    const shown = api.live('/orders', { guest: 'Ada' }, { signal: leaving.signal })
    await until(shown, (orders) => drinksOf(orders)?.join() === 'tea')
    await others.post('/orders', { guest: 'Ada', drink: 'ale' })
    await others.post('/orders', { guest: 'Bo', drink: 'rum' })
    await until(shown, (orders) => drinksOf(orders)?.join() === 'ale,tea')
    await others.put('/orders/:id/service', tea)
    const served = await until(shown, (orders) => orders.some((order) => order.served))
    expect(drinksOf(served)).toEqual(['ale', 'tea'])
    await others.delete('/orders/:id', tea)
    await until(shown, (orders) => drinksOf(orders)?.join() === 'ale')
  })

  test('shows what its own client has written next, without a break', async () => {
    const states: LiveState[] = []
    const onState = (state: LiveState) => states.push(state)
    const shown = api.live('/orders', {}, { signal: leaving.signal, onState })
    expect((await shown.next()).value).toEqual([])
    for (const drink of ['a', 'b', 'c']) {
      await api.post('/orders', { guest: 'Ada', drink })
      expect(drinksOf((await shown.next()).value)).toContain(drink)
    }
    expect(states).toEqual(['connecting', 'live'])
  })

  test('shows nothing that is older than what its own client has written', async () => {
    const shown = api.live('/orders', {}, { signal: leaving.signal })
    expect((await shown.next()).value).toEqual([])
    const held = open.hold()
    await others.post('/orders', { guest: 'Bo', drink: 'b' })
    await held.wanted()
    await api.post('/orders', { guest: 'Ada', drink: 'a' })
    held.letOne()
    const witness = others.live('/orders', {}, { signal: leaving.signal })
    await until(witness, (orders) => drinksOf(orders)?.join() === 'b')
    const next = shown.next()
    held.release()
    expect(drinksOf((await next).value)).toEqual(['a', 'b'])
  })

  test('gives up what nobody has seen yet when its own client writes', async () => {
    const shown = api.live('/orders', {}, { signal: leaving.signal })
    expect((await shown.next()).value).toEqual([])
    const witness = api.live('/orders', {}, { signal: leaving.signal })
    await others.post('/orders', { guest: 'Bo', drink: 'b' })
    await until(witness, (orders) => drinksOf(orders)?.join() === 'b')
    const held = open.hold()
    await api.post('/orders', { guest: 'Ada', drink: 'a' })
    const next = shown.next()
    await held.wanted()
    held.release()
    expect(drinksOf((await next).value)).toEqual(['a', 'b'])
  })

  test('shows the newest state to who is slow', async () => {
    const shown = others.live('/orders', {}, { signal: leaving.signal })
    expect((await shown.next()).value).toEqual([])
    const witness = others.live('/orders', {}, { signal: leaving.signal })
    for (const drink of ['a', 'b', 'c', 'd', 'e']) {
      await api.post('/orders', { guest: 'Ada', drink })
      await until(witness, (orders) => orders.some((order) => order.drink === drink))
    }
    const seen = [drinksOf((await shown.next()).value)]
    if (seen[0]?.length !== 5) seen.push(drinksOf((await shown.next()).value))
    expect(seen.length).toBeLessThan(3)
    expect(seen.at(-1)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('is not connected while nobody can see the page, and goes on when somebody does', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    vi.stubGlobal('document', page)
    const turn = (visibilityState: string) => {
      page.visibilityState = visibilityState
      page.dispatchEvent(new Event('visibilitychange'))
    }
    const connections: AbortSignal[] = []
    const watched: typeof fetch = (address, init) => {
      connections.push(init?.signal as AbortSignal)
      return fetch(address, init)
    }
    const shown = calling({ fetch: watched }).live('/orders', {}, { signal: leaving.signal })
    expect((await shown.next()).value).toEqual([])
    turn('hidden')
    expect(connections.map(({ aborted }) => aborted)).toEqual([true])
    await others.post('/orders', { guest: 'Ada', drink: 'tea' })
    expect(connections).toHaveLength(1)
    turn('visible')
    expect(drinksOf((await shown.next()).value)).toEqual(['tea'])
    expect(connections).toHaveLength(2)
  })

  test('goes on when its server has gone and come back', async () => {
    const states: LiveState[] = []
    const onState = (state: LiveState) => states.push(state)
    const headers: Record<string, string>[] = []
    const watched: typeof fetch = (address, init) => {
      headers.push(init?.headers as Record<string, string>)
      return fetch(address, init)
    }
    await others.post('/orders', { guest: 'Ada', drink: 'tea' })
    const shown = calling({ fetch: watched }).live('/orders', {}, { signal: leaving.signal, onState })
    await until(shown, (orders) => orders.length === 1)
    await open.goAway()
    await expect.poll(() => states).toContain('offline')
    await open.comeBack()
    await others.post('/orders', { guest: 'Bo', drink: 'ale' })
    await until(shown, (orders) => orders.length === 2)
    expect(states.at(-1)).toBe('live')
    expect(states[0]).toBe('connecting')
    expect(headers.at(-1)?.['last-event-id']).toMatch(/.+/)
  })

  test('stays live over answers that end when they have told something, as gateways that do not stream give them', async () => {
    const states: LiveState[] = []
    const onState = (state: LiveState) => states.push(state)
    const ids: (string | undefined)[] = []
    const endingAt: typeof fetch = async (address, init) => {
      const { 'last-event-id': id, accept } = (init?.headers ?? {}) as Record<string, string>
      if (accept !== 'text/event-stream') return fetch(address, init)
      ids.push(id)
      const answer = await fetch(address, init)
      return new Response(await firstEvent(answer), { headers: answer.headers })
    }
    const shown = calling({ fetch: endingAt }).live('/orders', {}, { signal: leaving.signal, onState })
    expect((await shown.next()).value).toEqual([])
    for (const drink of ['tea', 'ale']) {
      await others.post('/orders', { guest: 'Ada', drink })
      await until(shown, (orders) => drinksOf(orders)?.includes(drink) === true)
    }
    expect(states).toEqual(['connecting', 'live'])
    expect(ids.length).toBeGreaterThan(2)
    expect(ids[0]).toBeUndefined()
    expect(ids.slice(1)).not.toContain(undefined)
  })

  test('is not to be cached: in Chrome, changes of the same address would wait until it has headers', async () => {
    const caches: RequestInit['cache'][] = []
    const watched: typeof fetch = (address, init) => {
      caches.push(init?.cache)
      return fetch(address, init)
    }
    const watching = calling({ fetch: watched })
    await watching.live('/orders', {}, { signal: leaving.signal }).next()
    await watching.get('/orders')
    expect(caches).toEqual(['no-store', undefined])
  })

  test('is connected anew when nothing is heard any more', async () => {
    let connections = 0
    const mute: typeof fetch = async (address, init) => {
      connections += 1
      if (connections > 1) return fetch(address, init)
      const body = new ReadableStream({
        start: (controller) => init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted'))),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const first = calling({ fetch: mute }).live('/orders', {}, { signal: leaving.signal }).next()
      await vi.advanceTimersByTimeAsync(44_000)
      expect(connections).toBe(1)
      await vi.advanceTimersByTimeAsync(2_000)
      expect(connections).toBe(2)
      expect((await first).value).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })

  test('ends when it is left or its signal fires, also while somebody waits', async () => {
    const left = api.live('/orders')
    await left.next()
    const waiting = left.next()
    await left.return?.()
    expect(await waiting).toEqual({ value: undefined, done: true })
    const stopped = api.live('/orders', {}, { signal: leaving.signal })
    await stopped.next()
    const next = stopped.next()
    leaving.abort()
    expect(await next).toEqual({ value: undefined, done: true })
    for await (const _ of api.live('/orders', {}, { signal: AbortSignal.abort() })) expect.unreachable()
  })

  test('is refused like any other', async () => {
    const books = api.live('/books')
    await expect(books.next()).rejects.toMatchObject({ status: 401, code: 'api-key-missing' })
    expect(await books.next()).toEqual({ value: undefined, done: true })
    await expect(api.live('/orders', { drink: 5 as never, limit: 0 }).next()).rejects.toMatchObject({ status: 400 })
  })
})

describe('a document that is shown live', () => {
  test('is null before it is there, and when it is gone', async () => {
    const { id } = await others.post('/orders', { guest: 'Ada', drink: 'tea' })
    const shown = api.live('/orders/:id', { id }, { signal: leaving.signal })
    await until(shown, (order) => order?.drink === 'tea')
    await others.put('/orders/:id/service', { id })
    await until(shown, (order) => order?.served === true)
    await others.delete('/orders/:id', { id })
    await until(shown, (order) => order === null)
    const gone = api.live('/orders/:id', { id }, { signal: leaving.signal })
    expect((await gone.next()).value).toBeNull()
  })

  test('is shown when it is there again, also if it is as it was', async () => {
    const { id } = await others.post('/orders', { guest: 'Ada', drink: 'tea' })
    let connections = 0
    const missingOnce: typeof fetch = async (address, init) => {
      connections += 1
      if (connections === 2)
        return Response.json({ code: 'not-found', title: 'There is no such thing' }, { status: 404 })
      const answer = await fetch(address, init)
      return connections === 1 ? endingAfterItsFirstEvent(answer) : answer
    }
    const shown = calling({ fetch: missingOnce }).live('/orders/:id', { id }, { signal: leaving.signal })
    expect((await shown.next()).value?.drink).toBe('tea')
    expect((await shown.next()).value).toBeNull()
    expect((await shown.next()).value?.drink).toBe('tea')
  })
})

/** The answer of a server that is lost early. */
function endingAfterItsFirstEvent({ body, headers }: Response): Response {
  const decoder = new TextDecoder()
  const ending = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      controller.enqueue(chunk)
      if (decoder.decode(chunk).includes('data:')) controller.terminate()
    },
  })
  return new Response(body?.pipeThrough(ending), { headers })
}
