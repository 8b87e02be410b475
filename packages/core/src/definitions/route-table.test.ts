import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  aggregate,
  apiKey,
  app,
  type ChoiceEntry,
  type ChoiceRoute,
  choose,
  constant,
  DefinitionError,
  projection,
  type Routes,
  route,
} from './index.ts'

const Lamp = aggregate('lamp', { events: { Lit: z.object({}) }, initialState: null })
  .evolve({ Lit: (state) => state })
  .commands({
    light: { input: z.object({ watts: z.int() }), decide: () => ({ type: 'Lit', data: {} }) },
    install: { input: z.object({ room: z.string(), watts: z.int() }), decide: () => undefined },
    count: { input: z.int(), decide: () => undefined },
  })

const Lamps = projection('lamps', {
  schema: z.object({ id: z.string(), watts: z.int(), room: z.string() }),
  indexes: ['watts'],
}).create(Lamp, { Lit: ({ aggregateId }) => ({ id: aggregateId, watts: 5, room: '' }) })

const Rooms = projection('rooms', {
  schema: z.object({ id: z.string(), room: z.string(), since: z.iso.date(), lit: z.boolean(), colour: z.string() }),
  indexes: ['room', 'since', 'lit'],
}).upsert(Lamp, { Lit: (room) => room })

const { light, count } = Lamp.commands

const tableOf = (routes: Routes) => app('lights', { routes, projections: [Lamps, Rooms] }).routes

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

describe('a derived id', () => {
  const { install } = Lamp.commands

  test("comes from a field of the command's input, which it stays part of", () => {
    expect(tableOf({ 'POST /lamps': route(install, { id: 'derived.room' }) })[0]).toMatchObject({
      idFrom: { source: 'derived', name: 'room' },
      status: 200,
    })
  })

  test.each([
    ['derived.floor', "id is 'derived.floor', but 'floor' is not a field of the input of 'install'"],
    ['derived.constructor', "id is 'derived.constructor', but 'constructor' is not a field of the input of 'install'"],
    ['derived.watts', "id is 'derived.watts', but 'watts' is no text"],
  ] as const)('is not %s', (id, fault) => {
    expect(faultsOf({ 'POST /lamps': route(install, { id }) })).toEqual([fault])
  })

  test('needs an input with fields', () => {
    expect(faultsOf({ 'POST /lamps': route(count, { id: 'derived.room' }) })).toEqual([
      "id is 'derived.room', but the input of 'count' is not an object",
    ])
  })
})

describe('a route that chooses its command', () => {
  const { install } = Lamp.commands
  const choice = (commands: object, options = {}) => choose('action', commands as never, options)

  test('has one command a value, each as if it had the route for itself', () => {
    const doing = choose('action', { light, install: route(install, { status: 202, summary: 'Install it' }) })
    const [entry] = tableOf({ 'PATCH /lamps/:id': doing })
    expect(entry).toMatchObject({ kind: 'choice', method: 'PATCH', field: 'action', summary: undefined })
    expect([...(entry as ChoiceEntry).choices]).toMatchObject([
      ['light', { command: light, idFrom: { source: 'path', name: 'id' }, status: 200 }],
      ['install', { command: install, status: 202, summary: 'Install it' }],
    ])
  })

  test('has the words of its one command, and its guard is that of all', () => {
    const lighting = choice({ light: route(light, { summary: 'Light it' }) }, { guard: apiKey() })
    const [entry] = tableOf({ 'PATCH /lamps/:id': lighting })
    expect(entry).toMatchObject({ summary: 'Light it', guard: apiKey() })
    expect((entry as ChoiceEntry).choices.get('light')).toMatchObject({ guard: apiKey() })
  })

  test('brings its aggregates into the application', () => {
    const { aggregates } = app('lights', { routes: { 'PATCH /lamps/:id': choice({ light }) } })
    expect(aggregates).toEqual([Lamp])
  })

  test.each<[string, ChoiceRoute, string]>([
    ['there is nothing to choose', choice({}), 'there is no command to choose'],
    ['its field has no name', choose('', { light }), 'the field to choose by has no name'],
    ['its field is a path parameter', choose('id', { light }), "'id' is a path parameter: choose by another field"],
    [
      'a command has the field for itself',
      choose('watts', { on: light }),
      "watts 'on': 'watts' is a field of the input of 'light'",
    ],
    ['a command takes no fields', choice({ count }), "action 'count': the input of 'count' is not an object"],
    [
      'one command has a guard',
      choice({ light: route(light, { guard: apiKey() }) }),
      "action 'light': the guard is that of the whole route: give it to choose",
    ],
    [
      'the field is to hold the id, too',
      choice({ light: route(light, { id: 'body.action' }) }),
      "action 'light': id is 'body.action', which tells the command already",
    ],
  ])('is refused when %s', (_, chosen, fault) => {
    expect(faultsOf({ 'PATCH /lamps/:id': chosen })).toContain(fault)
  })

  test('is refused where a command would be', () => {
    expect(faultsOf({ 'GET /lamps/:id': choice({ light }) })).toEqual([
      "action 'light': a command changes things: use POST, PUT, PATCH or DELETE",
    ])
  })
})

describe('filters of a list', () => {
  const list = (options: object) => ({ 'GET /lamps': route(Rooms.list, options) })

  test('may exclude each other, and one of them may apply by itself', () => {
    const options = { exclusive: ['room', 'since'], defaultFilter: { since: 'today' } }
    expect(tableOf(list(options))[0]).toMatchObject({
      exclusive: ['room', 'since'],
      defaultFilter: { field: 'since', value: 'today' },
    })
    expect(tableOf(list({}))[0]).toMatchObject({ exclusive: [], defaultFilter: undefined })
    expect(tableOf(list({ defaultFilter: { lit: false } }))[0]).toMatchObject({
      defaultFilter: { field: 'lit', value: false },
    })
  })

  test.each<[object, string[]]>([
    [{ exclusive: ['room', 'colour'] }, ["'colour' in exclusive is not a filter of this list"]],
    [{ filters: ['since'], exclusive: ['room', 'since'] }, ["'room' in exclusive is not a filter of this list"]],
    [{ exclusive: ['room'] }, ['exclusive has to name two filters at least']],
    [{ defaultFilter: {} }, ['defaultFilter has to name one filter']],
    [{ defaultFilter: { room: 'a', since: 'today' } }, ['defaultFilter has to name one filter']],
    [{ defaultFilter: { colour: 'red' } }, ["'colour' in defaultFilter is not a filter of this list"]],
    [{ defaultFilter: { lit: 'today' } }, ['defaultFilter: \'lit\' can never be "today"']],
    [{ defaultFilter: { since: 'never' } }, ['defaultFilter: \'since\' can never be "never"']],
    [{ defaultFilter: { lit: 1 } }, ["defaultFilter: 'lit' can never be 1"]],
  ])('are refused as %j', (options, faults) => {
    expect(faultsOf(list(options))).toEqual(faults)
  })
})

describe('a constant', () => {
  const Size = z.object({ id: z.string(), watts: z.int().default(5) })

  test('is answered as its schema parses it', () => {
    const sizes = constant(z.array(Size), [{ id: 'small' }, { id: 'large', watts: 40 }])
    const value = [
      { id: 'small', watts: 5 },
      { id: 'large', watts: 40 },
    ]
    expect(tableOf({ 'GET /sizes': sizes })[0]).toMatchObject({ kind: 'constant', schema: sizes.schema, value })
    expect(tableOf({ 'GET /sizes': route(sizes, { summary: 'Sizes' }) })[0]).toMatchObject({ value, summary: 'Sizes' })
  })

  test('is read, has no parameters, and fits its schema', () => {
    const small = constant(Size, { id: 'small' })
    expect(faultsOf({ 'POST /sizes': small })).toEqual(['a constant changes nothing: use GET'])
    expect(faultsOf({ 'GET /sizes/:size': small })).toEqual(["the path parameter ':size' has no use here"])
    const [fault] = faultsOf({ 'GET /sizes': constant(Size, { id: 5 } as never) })
    expect(fault).toMatch(/^its value does not fit its schema: .*expected string.*at id$/s)
    expect(faultsOf({ 'GET /now': constant(z.date(), new Date(0)) })).toEqual([
      'cannot be written as JSON: Date cannot be represented in JSON Schema',
    ])
  })
})

describe('a rebuild', () => {
  test('is begun, and watched where the table says', () => {
    const table = tableOf({ 'POST /replay': Lamps.rebuild, 'GET /replay': Lamps.progress, 'PUT /again': Lamps.rebuild })
    expect(table).toMatchObject([
      { kind: 'rebuild', projection: Lamps, location: '/replay' },
      { kind: 'progress', projection: Lamps },
      { kind: 'rebuild', location: '/replay' },
    ])
  })

  test('has no place to watch when the table has none, or only that of another projection', () => {
    expect(tableOf({ 'POST /replay': Lamps.rebuild })[0]).toMatchObject({ location: undefined })
    const table = { 'POST /replay': Lamps.rebuild, 'GET /replay': route(Rooms.progress, { summary: 'Progress' }) }
    expect(tableOf(table)[0]).toMatchObject({ location: undefined })
  })

  test('is refused where it cannot be', () => {
    expect(faultsOf({ 'GET /replay': Lamps.rebuild })).toEqual(['a rebuild begins something: use POST or PUT'])
    expect(faultsOf({ 'POST /replay': Lamps.progress })).toEqual(['progress changes nothing: use GET'])
    expect(faultsOf({ 'POST /replay/:id': Lamps.rebuild })).toEqual(["the path parameter ':id' has no use here"])
    const others = projection('others', { schema: z.object({ id: z.string() }) })
    const fault = "the projection 'others' is not in the app's projections"
    expect(faultsOf({ 'POST /replay': others.rebuild })).toEqual([fault])
    expect(faultsOf({ 'GET /replay': others.progress })).toEqual([fault])
  })
})

describe('a guard', () => {
  const routes = {
    'POST /lamps': light,
    'GET /lamps': Lamps.list,
    'GET /lamps/:id': route(Lamps.get, { guard: 'none' }),
    'POST /replay': route(Lamps.rebuild, { guard: apiKey() }),
  } as const
  const guardsOf = (guard: object) =>
    app('lights', { routes, projections: [Lamps], ...guard }).routes.map((one) => one.guard)

  test('of the application is that of each route which says nothing else', () => {
    expect(apiKey()).toEqual({ kind: 'api-key', header: 'x-api-key' })
    expect(guardsOf({ guard: apiKey() })).toEqual([apiKey(), apiKey(), undefined, apiKey()])
    expect(guardsOf({})).toEqual([undefined, undefined, undefined, apiKey()])
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
