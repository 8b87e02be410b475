import { beforeEach, describe, expect, test } from 'vitest'
import { theCure } from '../../test/box-office.ts'
import { memoryLogger } from '../../test/memory-logger.ts'
import { createHttpApp } from '../app.ts'
import { type GraphqlOffice, openGraphqlOffice } from './graphql.fixture.ts'

/** GraphQL over HTTP: methods, media types and statuses. */

let office: GraphqlOffice
beforeEach(async () => {
  office = await openGraphqlOffice()
})

const MODERN = 'application/graphql-response+json'
const moving = 'mutation { moveConcert(id: "1", venue: "Club") { version } }'

const post = (body: unknown, headers: Record<string, string> = {}) => office.send('POST', '/graphql', body, headers)
const get = (parameters: Record<string, string>, headers = {}) =>
  office.get(`/graphql?${new URLSearchParams(parameters)}`, headers)

/** Status, media type and code of an answer. */
async function told(answer: Response): Promise<[status: number, type: string | null, code: string | undefined]> {
  // biome-ignore lint/suspicious/noExplicitAny: looked at below
  const { errors } = (await answer.json()) as any
  return [answer.status, answer.headers.get('content-type'), errors?.[0].extensions.code]
}

describe('what is answered', () => {
  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/*;q=0.5', 'application/json'],
    [MODERN, `${MODERN}; charset=utf-8`],
    [`${MODERN}, application/json;q=0.9`, `${MODERN}; charset=utf-8`],
  ])('to Accept: %s', async (accept, type) => {
    const answer = await post({ query: '{ __typename }' }, accept === undefined ? {} : { accept })
    expect(await told(answer)).toEqual([200, type, undefined])
    expect(answer.headers.get('vary')).toContain('Accept')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('to nobody who wants something else', async () => {
    expect((await post({ query: '{ __typename }' }, { accept: 'image/png' })).status).toBe(406)
  })

  test.each<[string, object, string]>([
    ['that cannot be parsed', { query: '{' }, 'invalid-graphql'],
    ['that the schema does not have', { query: '{ nothing }' }, 'invalid-graphql'],
    ['of which none is named', { query: 'query A { __typename } query B { __typename }' }, 'unknown-operation'],
    ['of which another is named', { query: 'query A { __typename }', operationName: 'B' }, 'unknown-operation'],
    ['whose variables do not fit', { query: 'query ($id: ID!) { concert(id: $id) { id } }' }, 'invalid-input'],
  ])('to an operation %s: a status only where that is expected', async (_, request, code) => {
    expect(await told(await post(request))).toEqual([200, 'application/json', code])
    expect((await told(await post(request, { accept: MODERN })))[0]).toBe(400)
  })

  test('to what fails field by field: 200', async () => {
    expect(await told(await post({ query: moving }, { accept: MODERN }))).toMatchObject([200, {}, 'concert-not-found'])
  })
})

describe('what is sent', () => {
  test('names the operation that is meant', async () => {
    const query = 'query A { a: __typename } query B { b: __typename }'
    expect(await (await post({ query, operationName: 'B' })).json()).toEqual({ data: { b: 'Query' } })
  })

  test.each<[string, unknown, Record<string, string>, number, string]>([
    ['is no JSON', '{', {}, 400, 'malformed-json'],
    ['is no object', '"query"', {}, 400, 'malformed-graphql'],
    ['has no query', {}, {}, 400, 'malformed-graphql'],
    ['has a query that is no text', { query: 5 }, {}, 400, 'malformed-graphql'],
    ['has variables that are no object', { query: '{ __typename }', variables: [] }, {}, 400, 'malformed-graphql'],
    ['has a name that is no text', { query: '{ __typename }', operationName: 5 }, {}, 400, 'malformed-graphql'],
    ['is several in one', [{ query: '{ __typename }' }], {}, 400, 'malformed-graphql'],
    [
      'could come from a form of another page',
      'query=%7B__typename%7D',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
    ],
    ['could come unasked', { query: moving }, { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
  ])('is refused when it %s', async (_, body, headers, status, code) => {
    expect(await told(await post(body, headers))).toEqual([status, 'application/json', code])
  })

  test('may take null for what is not given', async () => {
    const answer = await post({ query: '{ __typename }', variables: null, operationName: null, extensions: {} })
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } })
  })
})

describe('GET', () => {
  test('answers queries', async () => {
    const id = await office.schedule()
    const query = 'query Q($id: ID!) { concert(id: $id) { name } }'
    const answer = await get({ query, variables: JSON.stringify({ id }), operationName: 'Q' })
    expect(await answer.json()).toEqual({ data: { concert: { name: 'The Cure' } } })
  })

  test('changes nothing', async () => {
    const answer = await get({ query: moving })
    expect(answer.headers.get('allow')).toBe('POST')
    expect(await told(answer)).toEqual([405, 'application/json', 'method-not-allowed'])
    expect((await office.send('PUT', '/graphql', { query: moving })).status).toBe(405)
  })

  test.each([
    [{ query: '{ __typename }', variables: '{' }],
    [{ query: '{ __typename }', variables: '[]' }],
    [{ query: '' }],
    [{}],
  ])('refuses %j', async (parameters) => {
    expect(await told(await get(parameters as Record<string, string>))).toEqual([
      400,
      'application/json',
      'malformed-graphql',
    ])
  })
})

test('a request is one line in the log with its code, a defect of a field one more with its stack', async () => {
  const { logger, lines } = memoryLogger()
  const http = createHttpApp({ mounts: [{ base: '', runtime: office.runtime }], logger })
  const send = (query: string, variables: object) =>
    http.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-of-mallory' },
      body: JSON.stringify({ query, variables }),
    })
  await send('{ nothing }', {})
  expect(lines).toMatchObject([{ code: 'invalid-graphql' }])
  const { data } = await office.ask(
    'mutation ($name: String!, $date: String!, $venue: String!, $seats: Float!) { scheduleConcert(name: $name, date: $date, venue: $venue, seats: $seats) { id } }',
    theCure,
  )
  const buying =
    'mutation ($id: ID!) { buyTicket(concertId: $id, customerName: "Mallory", customerEmail: "m@example.com") { id } }'
  const answer = await send(buying, data.scheduleConcert)
  expect(await answer.text()).not.toContain('SECRET')
  expect(lines.slice(1)).toMatchObject([
    { level: 'error', message: 'field failed', field: 'buyTicket', requestId: 'request-of-mallory', app: 'box-office' },
    { message: 'request answered', status: 200, code: 'internal-error' },
  ])
  const { stack } = (lines[1]?.err ?? {}) as Error
  expect(stack).toContain('SECRET')
})
