import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, DefinitionError, projection, type Routes, route } from './index.ts'

const Lamp = aggregate('lamp', { events: { Lit: z.object({}) }, initialState: null })
  .evolve({ Lit: (state) => state })
  .commands({
    light: { input: z.object({ watts: z.int() }), decide: () => ({ type: 'Lit', data: {} }) },
    count: { input: z.int(), decide: () => undefined },
  })

const Lamps = projection('lamps', {
  schema: z.object({ id: z.string(), watts: z.int(), room: z.string() }),
  indexes: ['watts'],
}).create(Lamp, { Lit: ({ aggregateId }) => ({ id: aggregateId, watts: 5, room: '' }) })

const { light, count } = Lamp.commands

const tableOf = (routes: Routes) => app('lights', { routes, projections: [Lamps] }).routes

/** What is wrong with a table of routes; the place is told only when it is not the first route. */
function faultsOf(routes: Record<string, unknown>): string[] {
  const first = `route '${Object.keys(routes)[0]}': `
  try {
    tableOf(routes as Routes)
    return []
  } catch (error) {
    const { faults } = error as DefinitionError
    expect(error).toBeInstanceOf(DefinitionError)
    return faults.map(({ where, what }) => `${where}: ${what}`.replace(first, ''))
  }
}

describe('a route that leaves something open', () => {
  test('makes a new aggregate, which is found where the table can read it', () => {
    expect(tableOf({ 'POST /lamps': light, 'GET /lamps/:id': Lamps.get })[0]).toMatchObject({
      kind: 'command',
      method: 'POST',
      path: '/lamps',
      parameters: [],
      idFrom: { source: 'new' },
      status: 201,
      location: '/lamps/:id',
      respond: undefined,
    })
    expect(tableOf({ 'POST /lamps': light })[0]).toMatchObject({ status: 201, location: undefined })
  })

  test("goes to the aggregate of the path's :id", () => {
    expect(tableOf({ 'PUT /lamps/:id': light })[0]).toMatchObject({
      idFrom: { source: 'path', name: 'id' },
      status: 200,
      location: undefined,
    })
  })

  test('reads one document by its path parameter, whatever that is called', () => {
    expect(tableOf({ 'GET /lamps/:lamp': Lamps.get })[0]).toMatchObject({ kind: 'get', parameter: 'lamp' })
  })

  test('lists documents by id, with filters on each index', () => {
    expect(tableOf({ 'GET /lamps': Lamps.list })[0]).toMatchObject({
      kind: 'list',
      filters: ['watts'],
      sort: undefined,
    })
  })
})

describe('a route with options', () => {
  test('takes the id from where they say, and answers as they say', () => {
    const respond = { schema: z.object({}), map: () => ({}) }
    const options = { id: 'body.lamp', status: 202, location: '/lamps/:id', respond, summary: 'Light it' } as const
    expect(tableOf({ 'POST /switch': route(light, options) })[0]).toMatchObject({
      idFrom: { source: 'body', name: 'lamp' },
      status: 202,
      location: '/lamps/:id',
      respond,
      summary: 'Light it',
    })
    expect(tableOf({ 'POST /rooms/:room': route(light, { id: 'path.room' }) })[0]).toMatchObject({
      idFrom: { source: 'path', name: 'room' },
      status: 200,
    })
  })

  test('has made something when it says where that is', () => {
    const options = { id: 'body.lamp', location: '/lamps/:id' } as const
    expect(tableOf({ 'POST /switch': route(light, options) })[0]).toMatchObject({ status: 201 })
  })

  test('sorts in either direction', () => {
    expect(tableOf({ 'GET /lamps': route(Lamps.list, { sort: 'watts', filters: [] }) })[0]).toMatchObject({
      sort: { field: 'watts', descending: false },
      filters: [],
    })
    expect(tableOf({ 'GET /lamps': route(Lamps.list, { sort: '-watts' }) })[0]).toMatchObject({
      sort: { field: 'watts', descending: true },
    })
  })
})

describe('a route is refused when', () => {
  const pattern = "a route is written as 'METHOD /path' with ':name' for parameters, such as 'GET /concerts/:id'"

  test.each([
    'lamps',
    'GET lamps',
    'FETCH /lamps',
    'GET /',
    'GET /lamps/',
    'GET  /lamps',
    'GET /:',
    'GET /a/*',
    'get /a',
  ])('it is written %j', (key) => {
    expect(faultsOf({ [key]: Lamps.list })).toEqual([pattern])
  })

  test.each(['/openapi.json', '/docs', '/docs/index.html', '/graphql'])('Weir itself serves %s', (path) => {
    const own = path.startsWith('/docs') ? '/docs' : path
    expect(faultsOf({ [`GET ${path}`]: Lamps.list })).toEqual([`${own} is served by Weir itself`])
  })

  test('a parameter occurs twice', () => {
    expect(faultsOf({ 'PUT /lamps/:id/:id': light })).toEqual(['a path parameter occurs twice'])
  })

  test.each<[string, Record<string, unknown>, string[]]>([
    ['it reads with a command', { 'GET /lamps': light }, ['a command changes things: use POST, PUT, PATCH or DELETE']],
    ['it changes with a query', { 'POST /lamps': Lamps.list }, ['a query changes nothing: use GET']],
    [
      'the path has no such parameter',
      { 'PUT /lamps': route(light, { id: 'path.id' }) },
      ["id is 'path.id', but the path has no ':id'"],
    ],
    [
      'a parameter has no use',
      { 'PUT /rooms/:room': light },
      ["the path parameter ':room' is not used: name it as id: 'path.room'"],
    ],
    [
      'the id comes from elsewhere',
      { 'PUT /lamps': route(light, { id: 'query.id' as never }) },
      ["id is 'query.id': it has to be 'path.<name>', 'body.<field>', 'derived.<field>' or 'new'"],
    ],
    [
      'the id comes from no field',
      { 'PUT /lamps': route(light, { id: 'body.' }) },
      ["id is 'body.': it has to be 'path.<name>', 'body.<field>', 'derived.<field>' or 'new'"],
    ],
    [
      "the id is a field of the command's own",
      { 'PUT /lamps': route(light, { id: 'body.watts' }) },
      ["id is 'body.watts', but 'watts' is a field of the command's own input"],
    ],
    [
      'the body can have no field for the id',
      { 'PUT /lamps': route(count, { id: 'body.lamp' }) },
      ["id is 'body.lamp', but the input of 'count' is not an object"],
    ],
    [
      'one document is wanted without an id',
      { 'GET /lamps': Lamps.get },
      ["a single document needs a path parameter for its id, such as '/:id'"],
    ],
    [
      'one document is wanted by two ids',
      { 'GET /rooms/:room/:id': Lamps.get },
      ['a single document has one path parameter, its id'],
    ],
    [
      'a list has a path parameter',
      { 'GET /rooms/:room': Lamps.list },
      ['a list has no path parameters: filter with the query string'],
    ],
    [
      'it filters and sorts by what is no index',
      {
        'GET /lamps': route(Lamps.list, { filters: ['watts', 'room'], sort: '-room' }),
      },
      ["'room' is not an index of the projection 'lamps'", "'room' is not an index of the projection 'lamps'"],
    ],
  ])('%s', (_, routes, faults) => {
    expect(faultsOf(routes)).toEqual(faults)
  })

  test("a field of the body has a name that every object has: it is nobody else's", () => {
    expect(faultsOf({ 'PUT /lamps': route(light, { id: 'body.constructor' }) })).toEqual([])
  })

  test('its projection is not part of the application', () => {
    const other = projection('others', { schema: z.object({ id: z.string() }) })
    expect(faultsOf({ 'GET /lamps': other.list })).toEqual(["the projection 'others' is not in the app's projections"])
  })

  test('a request would match two of them', () => {
    expect(faultsOf({ 'GET /lamps/:id': Lamps.get, 'GET /lamps/:lamp': Lamps.get })).toEqual([
      "route 'GET /lamps/:lamp': clashes with 'GET /lamps/:id'",
    ])
    expect(faultsOf({ 'GET /lamps/:id': Lamps.get, 'GET /lamps/new': Lamps.list })).toEqual([
      "route 'GET /lamps/new': clashes with 'GET /lamps/:id'",
    ])
    expect(faultsOf({ 'GET /lamps/:id': Lamps.get, 'PUT /lamps/:id': light, 'GET /lamps': Lamps.list })).toEqual([])
  })
})
