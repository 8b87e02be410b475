import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { App, Provision } from 'weir'
import { seededIdentity, virtualClock } from 'weir/testing'
import { type EngineName, engines, type Store } from '../engines.ts'
import { type Server, serveOn } from '../server.ts'
import { Memory } from './memory.ts'
import { type RequestSketch, requestsTo } from './requests.ts'

const NOT_FOR_CALLERS = /\n\s+at |\.[jt]s:\d+|node:internal|node_modules|SQLITE|TypeError|RangeError/

/**
 * Milliseconds in which is done what was accepted for later, such as a rebuild. How far it has come at any moment before
 * would not be the same on each engine.
 */
const TIME_FOR_LATER = 500

export interface FuzzOptions {
  readonly runs?: number
  readonly seed?: number
  /** What policies call; asked for once a run and engine. It has to answer at once, and always the same. */
  readonly services?: () => readonly Provision[]
}

/** Of how many runs one is made: the stores of a server, and each of its answers, take many times longer than the others'. */
const oneOf: Readonly<Record<Exclude<EngineName, 'memory'>, number>> = { sqlite: 1, postgres: 10 }

/**
 * Tests an application with requests of every kind, however hostile: none is answered with a fault of the server, each
 * refusal is a problem document, and all engines answer alike.
 */
export function fuzz(app: App, { runs = 100, seed = 1, services = () => [] }: FuzzOptions = {}): void {
  const { memory, ...others } = engines
  describe(`${app.name}, whatever it is asked`, () => {
    test.each(Object.entries(others))(
      'answers soundly, and on %s as in memory',
      { timeout: 60_000 },
      async (name, open) => {
        const sketches = fc.array(requestsTo(app), { minLength: 1, maxLength: 40, size: 'max' })
        const property = fc.asyncProperty(sketches, async (requests) => {
          const answers = [memory, open].map(async (each) => answersOf(app, await each(), requests, services))
          const [expected, actual] = await Promise.all(answers)
          expect(actual).toEqual(expected)
        })
        await fc.assert(property, { numRuns: Math.ceil(runs / oneOf[name as keyof typeof oneOf]), seed })
      },
    )
  })
}

/** What one engine answers; its time is virtual, so that nothing waits and every run is the same. */
async function answersOf(
  app: App,
  store: Store,
  sketches: readonly RequestSketch[],
  services: () => readonly Provision[],
): Promise<object[]> {
  const clock = virtualClock()
  const identity = seededIdentity(1, clock)
  const server = await clock.run(serveOn(store, app, { clock, identity, services }))
  const memory = new Memory()
  const answers: object[] = []
  try {
    for (const sketch of sketches) {
      const [path, init] = memory.requestOf(sketch)
      const response = await clock.run(Promise.resolve(server.request(path, init)))
      const text = await response.text()
      if (isForLater(response, init)) await clock.advance(TIME_FOR_LATER)
      expectSound(`${init.method} ${path}`, response, text)
      memory.learn(response, text)
      answers.push({
        request: `${init.method} ${path}`,
        status: response.status,
        body: response.status < 500 ? withoutToken(text) : '',
      })
      await clock.run(server.runtime.settled())
    }
    await expectWholeLists(app, server, (work) => clock.run(work))
    return answers
  } finally {
    await clock.run(server.stop())
    store.dispose()
  }
}

/** Something was begun that goes on behind its answer; GraphQL has no status for that. */
const isForLater = ({ status }: Response, { body }: RequestInit): boolean =>
  status === 202 || /mutation[^"]*rebuild[A-Z]/.test(String(body))

function expectSound(request: string, response: Response, text: string): void {
  const { status } = response
  expect(text, request).not.toMatch(NOT_FOR_CALLERS)
  if (status === 503) expect(response.headers.get('consistency-status'), `${request}: ${text}`).toBeTruthy()
  else expect(status, `${request}: ${text}`).toBeLessThan(500)
  if (isGraphql(response, request)) {
    expect(text, request).not.toContain('internal-error')
    return
  }
  if (status < 400 || text === '') return
  expect(response.headers.get('content-type'), request).toBe('application/problem+json')
  expect(JSON.parse(text), request).toMatchObject({ type: expect.any(String), title: expect.any(String), status })
}

const isGraphql = ({ headers }: Response, request: string): boolean =>
  request.includes(' /graphql') && headers.get('content-type') !== 'application/problem+json'

/** What a token holds is an engine's own. */
const withoutToken = (text: string): string => text.replace(/"consistencyToken":"[^"]*"/, '')

/** Whatever has been stored: pages in every order show each document once. */
async function expectWholeLists(app: App, server: Server, run: <T>(work: Promise<T>) => Promise<T>): Promise<void> {
  for (const projection of app.projections) {
    const { documents } = await run(server.runtime.list(projection, { limit: 1000 }))
    const sorts = projection.indexes.flatMap((field) => [true, false].map((descending) => ({ field, descending })))
    for (const sort of sorts) {
      const paged: unknown[] = []
      let cursor: string | undefined
      do {
        const page = await run(server.runtime.list(projection, { sort, limit: 2, ...(cursor ? { cursor } : {}) }))
        paged.push(...page.documents.map(idOf))
        cursor = page.next
      } while (cursor && paged.length <= documents.length)
      expect(paged.toSorted(), `${projection.name} by ${sort.field}`).toEqual(documents.map(idOf).toSorted())
    }
  }
}

const idOf = (document: unknown): string => (document as { id: string }).id
