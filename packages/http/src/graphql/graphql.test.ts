import { beforeEach, describe, expect, test } from 'vitest'
import { aggregate, app, rawAggregate, route } from 'weir'
import * as z from 'zod'
import { boxOffice, theCure } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'
import { codesOf, type GraphqlOffice, openGraphqlOffice } from './graphql.fixture.ts'

let office: GraphqlOffice
beforeEach(async () => {
  office = await openGraphqlOffice()
})

const NOWHERE = '7fee1bc6-e124-5bf7-a53c-d07026160152'
const scheduling = `mutation ($name: String!, $date: String!, $venue: String!, $seats: Float!, $key: String) {
  scheduleConcert(name: $name, date: $date, venue: $venue, seats: $seats, idempotencyKey: $key) { id version }
}`
const buying = `mutation ($concertId: ID!, $name: String = "Ada") {
  buyTicket(concertId: $concertId, customerName: $name, customerEmail: "ada@example.com") { id }
}`

describe('a query', () => {
  test('answers one document, or null where there is none', async () => {
    const id = await office.schedule()
    const { data } = await office.ask('query ($id: ID!) { concert(id: $id) { id name status availableTickets } }', {
      id,
    })
    expect(data).toEqual({ concert: { id, name: 'The Cure', status: 'on_sale', availableTickets: 2 } })
    expect(await office.ask(`{ concert(id: "${NOWHERE}") { id } nul: concert(id: "\\u0000") { id } }`)).toEqual({
      data: { concert: null, nul: null },
    })
  })

  test('answers lists by the rules of REST: filters, bounds, order', async () => {
    for (const date of ['2030-01-01', '2030-03-01', '2030-02-01']) await office.schedule({ date })
    const datesOf = async (args: string) => {
      const { data } = await office.ask(`{ concerts${args} { nodes { date } } }`)
      return data.concerts.nodes.map(({ date }: { date: string }) => date)
    }
    // The route's own order.
    expect(await datesOf('')).toEqual(['2030-03-01', '2030-02-01', '2030-01-01'])
    expect(await datesOf('(sort: date_ASC)')).toEqual(['2030-01-01', '2030-02-01', '2030-03-01'])
    expect(await datesOf('(date: "2030-02-01")')).toEqual(['2030-02-01'])
    expect(await datesOf('(where: { date: { gt: "2030-01-01", lte: "2030-02-01" } })')).toEqual(['2030-02-01'])
    expect(await datesOf('(status: cancelled)')).toEqual([])
    expect(await datesOf('(status: on_sale, date: null, cancelled: false, availableTickets: 2)')).toHaveLength(3)
  })

  test('goes through a list page by page', async () => {
    for (const date of ['2030-01-01', '2030-01-02', '2030-01-03']) await office.schedule({ date })
    const page = async (after?: string) => {
      const query = `query ($after: String) { concerts(first: 2, after: $after, sort: date_ASC) {
        edges { cursor node { date } } nodes { date }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }`
      return (await office.ask(query, { after })).data.concerts
    }
    const first = await page()
    expect(first.nodes).toEqual([{ date: '2030-01-01' }, { date: '2030-01-02' }])
    expect(first.pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: false,
      endCursor: first.edges[1].cursor,
    })
    const second = await page(first.pageInfo.endCursor)
    expect(second.nodes).toEqual([{ date: '2030-01-03' }])
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    // Every edge is a place to go on from.
    expect((await page(first.edges[0].cursor)).nodes[0]).toEqual({ date: '2030-01-02' })
  })

  test('answers numbers that are larger than GraphQL’s integers', async () => {
    const id = await office.schedule({ seats: 2 ** 40 })
    const { data } = await office.ask(`{ concert(id: "${id}") { availableTickets } }`)
    expect(data).toEqual({ concert: { availableTickets: 2 ** 40 } })
  })

  test('says when a document has a value that its type does not have', async () => {
    const stale = { id: 'c-1', name: 'The Cure', status: 'postponed' }
    const { runtime } = fakeRuntime(boxOffice, { get: () => ({ document: stale, version: 1, consistency: undefined }) })
    const http = createHttpApp({ mounts: [{ base: '', runtime }] })
    const answer = await http.request('/graphql?query={concert(id:"c-1"){status}ok:concert(id:"c-1"){name}}')
    expect(await answer.json()).toMatchObject({
      data: { concert: null, ok: { name: 'The Cure' } },
      errors: [{ path: ['concert', 'status'], extensions: { code: 'not-representable' } }],
    })
  })

  test('names the arguments of a list that are wrong', async () => {
    const { data, errors } = await office.ask(
      '{ concerts(first: 0, where: { date: { gt: "\\u0000" } }) { nodes { id } } mixed: concerts(after: "x") { nodes { id } } }',
    )
    expect(data).toEqual({ concerts: null, mixed: null })
    expect(errors).toMatchObject([
      {
        path: ['concerts'],
        extensions: {
          code: 'invalid-input',
          errors: [{ field: 'where.date.gt' }, { field: 'first', message: 'has to be 1 to 1000' }],
        },
      },
      { path: ['mixed'], extensions: { code: 'malformed-cursor', status: 400 } },
    ])
  })
})

describe('a mutation', () => {
  test('executes a command, and its token makes a query wait for it', async () => {
    const { data, extensions } = await office.ask(scheduling, theCure)
    expect(data.scheduleConcert).toEqual({ id: expect.any(String), version: 1 })
    const headers = { 'consistency-token': extensions.consistencyToken }
    const query = `{ concert(id: "${data.scheduleConcert.id}") { name } concerts { nodes { name } } }`
    expect(await office.ask(query, {}, headers)).toEqual({
      data: { concert: { name: 'The Cure' }, concerts: { nodes: [{ name: 'The Cure' }] } },
      extensions: { consistencyStatus: 'reached' },
    })
  })

  test('sees what an earlier one of the same request has written, and bears the tokens of all', async () => {
    const id = await office.schedule({ seats: 1 })
    const { data, errors, extensions } = await office.ask(
      `mutation ($id: ID!) {
        first: buyTicket(concertId: $id, customerName: "Ada", customerEmail: "ada@example.com") { id }
        second: buyTicket(concertId: $id, customerName: "Bob", customerEmail: "bob@example.com") { id }
        moveConcert(id: $id, venue: "Club") { version }
      }`,
      { id },
    )
    expect(data).toEqual({ first: { id: expect.any(String) }, second: null, moveConcert: { version: 3 } })
    expect(errors).toMatchObject([
      {
        message: 'No tickets available',
        path: ['second'],
        extensions: { code: 'sold-out', status: 400, type: 'urn:box-office:problem:sold-out', detail: 'All gone.' },
      },
    ])
    expect(extensions.consistencyToken.split(',')).toHaveLength(2)
  })

  test('names the fields of the input that are wrong', async () => {
    const { data, errors } = await office.ask(scheduling, { ...theCure, name: ' ', seats: -1 })
    expect(data).toEqual({ scheduleConcert: null })
    expect(errors).toMatchObject([
      { extensions: { code: 'invalid-input', status: 400, errors: [{ field: 'name' }, { field: 'seats' }] } },
    ])
  })

  test('has one effect for a key, in an argument or in the header, also together with REST', async () => {
    const first = await office.ask(scheduling, { ...theCure, key: 'spring' })
    expect(await office.ask(scheduling, { ...theCure, key: 'spring' })).toEqual(first)
    expect(await office.ask(scheduling, theCure, { 'idempotency-key': 'spring' })).toEqual(first)
    const overRest = await office.send('POST', '/concerts', theCure, { 'idempotency-key': 'spring' })
    expect(await overRest.json()).toEqual(first.data.scheduleConcert)
    expect(codesOf(await office.ask(scheduling, { ...theCure, seats: 9, key: 'spring' }))).toEqual([
      'idempotency-key-reused',
    ])
    expect(codesOf(await office.ask(scheduling, { ...theCure, key: '' }))).toEqual(['malformed-idempotency-key'])
  })

  test('refuses a key in the header that could stand for several', async () => {
    const id = await office.schedule()
    const twice = `mutation { a: moveConcert(id: "${id}", venue: "A") { version } b: moveConcert(id: "${id}", venue: "B") { version } }`
    const answer = await office.ask(twice, {}, { 'idempotency-key': 'once' })
    expect(codesOf(answer)).toEqual(['malformed-idempotency-key'])
    expect(answer).not.toHaveProperty('data')
    expect((await office.ask(`{ concert(id: "${id}") { venue } }`)).data.concert.venue).toBe('Arena')
  })

  test('may insist on a version', async () => {
    const id = await office.schedule()
    const moving =
      'mutation ($id: ID!, $version: Int) { moveConcert(id: $id, venue: "Club", expectedVersion: $version) { version } }'
    expect(codesOf(await office.ask(moving, { id, version: 7 }))).toEqual(['version-mismatch'])
    expect((await office.ask(moving, { id, version: 1 })).data).toEqual({ moveConcert: { version: 2 } })
  })

  test('is told when there is no such aggregate', async () => {
    expect(codesOf(await office.ask(buying, { concertId: NOWHERE }))).toEqual(['concert-not-found'])
    expect(codesOf(await office.ask(buying, { concertId: 'no id' }))).toEqual(['invalid-input'])
    expect(codesOf(await office.ask('mutation { cancelConcert(id: "no id") { id } }'))).toEqual(['not-found'])
  })

  test('shows nothing of a defect', async () => {
    const id = await office.schedule()
    const answer = await office.ask(buying, { concertId: id, name: 'Mallory' })
    expect(answer.errors).toMatchObject([
      {
        message: 'Something is broken on our side',
        extensions: { code: 'internal-error', requestId: expect.any(String) },
      },
    ])
    expect(JSON.stringify(answer)).not.toContain('SECRET')
  })
})

test('what a literal says as JSON is read as a body of JSON is', async () => {
  const Note = rawAggregate('note', { events: {} })
  const notes = app('notes', { routes: { 'POST /notes': route(Note.commands.append, { id: 'body.noteId' }) } })
  const { runtime, asked } = fakeRuntime(notes)
  const query = `mutation ($b: JSON) {
    appendNote(noteId: "n-1", type: "WRITTEN", data: { a: [1, "x", null, true], b: $b, __proto__: { c: 1 } }) { id }
  }`
  await createHttpApp({ mounts: [{ base: '', runtime }] }).request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { b: { deep: {} } } }),
  })
  const [{ id, input }] = asked.execute as unknown as [{ id: string; input: { data: object } }]
  expect([id, JSON.stringify(input.data)]).toEqual(['n-1', '{"a":[1,"x",null,true],"b":{"deep":{}}}'])
})

test('what was not given is not sent, so that a key stands for the same over REST; null may stand for it', async () => {
  const Mug = aggregate('mug', { events: { Made: z.object({}) }, initialState: 0 })
    .evolve({ Made: () => 1 })
    .commands({
      make: {
        input: z.object({ size: z.enum(['small', 'large']).default('small'), text: z.string().optional() }),
        decide: () => ({ type: 'Made', data: {} }),
      },
    })
  const { runtime, asked } = fakeRuntime(app('mugs', { routes: { 'POST /mugs': Mug.commands.make } }))
  const http = createHttpApp({ mounts: [{ base: '', runtime }] })
  const query = 'mutation ($size: MakeMugSize, $text: String) { makeMug(size: $size, text: $text) { id } }'
  for (const [document, variables] of [
    ['mutation { makeMug { id } }', {}],
    [query, {}],
    [query, { size: null, text: null }],
    [query, { size: 'large' }],
  ] as const) {
    const body = JSON.stringify({ query: document, variables })
    await http.request('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  }
  expect(asked.execute.map(({ input }) => input)).toEqual([{}, {}, {}, { size: 'large' }])
})
