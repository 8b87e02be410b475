import { describe, expect, test } from 'vitest'
import { type AnyProjection, aggregate, app, choose, constant, projection, type Routes, route } from 'weir'
import * as z from 'zod'
import { cafe } from '../../test/cafe.ts'
import { graphqlSdl } from './sdl.ts'

const sdlOf = (routes: Routes, projections: AnyProjection[] = []) => graphqlSdl(app('sample', { routes, projections }))

/** One type of a schema, without its descriptions. */
function typeIn(sdl: string, name: string): string {
  const plain = sdl.replace(/^ *"""[\s\S]*?"""\n/gm, '').replace(/\n{2,}/g, '\n')
  const found = new RegExp(`^(?:union|scalar) ${name}\\b.*|^(?:type|input|enum) ${name} \\{[\\s\\S]*?\\n\\}`, 'm').exec(
    plain,
  )
  return found?.[0] ?? ''
}

/** The arguments of a field and its type, in one line. */
const fieldIn = (sdl: string, type: string, field: string): string =>
  new RegExp(`^  ${field}(\\([^)]*\\))?: .*$`, 'm').exec(typeIn(sdl, type))?.[0].replace(/\s+/g, ' ').trim() ?? ''

const constantOf = (schema: z.ZodType, value: unknown) => ({ 'GET /thing': constant(schema, value as never) })

function taking(input: z.ZodType, options = {}) {
  const Thing = aggregate('thing', { events: { Made: z.object({}) }, initialState: 0 })
    .evolve({ Made: () => 1 })
    .commands({ make: { input, decide: () => ({ type: 'Made', data: {} }) } })
  return { Thing, sdl: sdlOf({ 'POST /things': route(Thing.commands.make, options) }) }
}

describe('what is answered', () => {
  test('has types as its schema says', () => {
    const Sample = z.object({
      id: z.string(),
      ownerId: z.string().nullable(),
      partIds: z.array(z.uuid()),
      title: z.string().optional(),
      count: z.int32(),
      few: z.int().min(0).max(10),
      large: z.int(),
      ratio: z.number(),
      either: z.union([z.int(), z.number()]),
      done: z.boolean(),
      status: z.enum(['on-sale', 'SOLD', '2nd']),
      odd: z.enum(['a b', 'a-b']),
      always: z.literal('yes'),
      nested: z.array(z.object({ deep: z.object({ x: z.number() }).nullable() })),
      open: z.looseObject({ x: z.int() }),
      byKey: z.record(z.string(), z.int()),
      pair: z.tuple([z.string(), z.int()]),
      mixed: z.union([z.string(), z.int()]),
      unknown: z.unknown(),
      'first-name': z.string(),
    })
    const value = {
      ...{
        id: '1',
        ownerId: null,
        partIds: [],
        count: 1,
        few: 1,
        large: 1,
        ratio: 1,
        either: 1,
        done: true,
        status: 'SOLD',
      },
      ...{ odd: 'a b', always: 'yes', nested: [], open: { x: 1 }, byKey: {}, pair: ['a', 1], mixed: 1, unknown: null },
      'first-name': 'Ada',
    }
    const sdl = sdlOf(constantOf(Sample, value))
    expect(typeIn(sdl, 'Thing')).toBe(`type Thing {
  id: ID!
  ownerId: ID
  partIds: [ID!]!
  title: String
  count: Int!
  few: Int!
  large: Float!
  ratio: Float!
  either: Float!
  done: Boolean!
  status: ThingStatus!
  odd: String!
  always: String!
  nested: [ThingNested!]!
  open: JSON!
  byKey: JSON!
  pair: JSON!
  mixed: JSON!
  unknown: JSON
  first_name: String!
}`)
    expect(typeIn(sdl, 'ThingNested')).toBe('type ThingNested {\n  deep: ThingNestedDeep\n}')
    expect(typeIn(sdl, 'ThingStatus')).toBe('enum ThingStatus {\n  on_sale\n  SOLD\n  _2nd\n}')
  })

  test('is a union where a field tells several kinds apart', () => {
    const Shape = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('circle'), radius: z.number() }),
      z.object({ kind: z.literal('square'), side: z.number() }),
    ])
    const sdl = sdlOf(constantOf(z.array(Shape), []))
    expect(typeIn(sdl, 'Thing')).toBe('union Thing = ThingCircle | ThingSquare')
    expect(typeIn(sdl, 'ThingSquare')).toBe('type ThingSquare {\n  kind: String!\n  side: Float!\n}')
  })

  test('keeps what refers to itself, and what its author named', () => {
    const Tree = z.object({
      name: z.string(),
      get branches() {
        return z.array(Tree)
      },
    })
    const sdl = sdlOf(constantOf(Tree, { name: 'root', branches: [] }))
    expect(typeIn(sdl, 'Thing')).toBe('type Thing {\n  name: String!\n  branches: [Thing!]!\n}')
    const Street = z.object({ street: z.string() }).meta({ id: 'street-of-a-test', description: 'Where it is.' })
    const named = sdlOf(
      constantOf(z.object({ from: Street, to: Street }), { from: { street: '' }, to: { street: '' } }),
    )
    expect(typeIn(named, 'Thing')).toBe('type Thing {\n  from: StreetOfATest!\n  to: StreetOfATest!\n}')
  })
})

describe('what is sent', () => {
  test('is an argument a field, with its default, and null where that is allowed', () => {
    const { sdl } = taking(
      z.object({
        title: z.string().min(1).meta({ description: 'As it is shown.' }),
        size: z.enum(['small', 'large']).default('small'),
        note: z.string().nullable().default(null),
        tags: z.array(z.object({ name: z.string() })).optional(),
        shape: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('circle'), radius: z.number() }),
          z.object({ kind: z.literal('square'), side: z.number() }),
        ]),
        more: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    expect(fieldIn(sdl, 'Mutation', 'makeThing')).toBe(
      'makeThing( title: String! size: MakeThingSize = small note: String tags: [MakeThingTagInput!] shape: MakeThingShapeInput! more: JSON idempotencyKey: String ): Written',
    )
    expect(sdl).toContain('"""As it is shown."""')
    expect(typeIn(sdl, 'MakeThingTagInput')).toBe('input MakeThingTagInput {\n  name: String!\n}')
    expect(typeIn(sdl, 'MakeThingShapeInput')).toBe(`input MakeThingShapeInput {
  kind: MakeThingShapeKind!
  radius: Float
  side: Float
}`)
    expect(typeIn(sdl, 'MakeThingShapeKind')).toBe('enum MakeThingShapeKind {\n  circle\n  square\n}')
  })

  test('is one argument where it is no object, and none where it is empty', () => {
    expect(fieldIn(taking(z.int32()).sdl, 'Mutation', 'makeThing')).toBe(
      'makeThing( input: Int! idempotencyKey: String ): Written',
    )
    expect(fieldIn(taking(z.object({})).sdl, 'Mutation', 'makeThing')).toBe(
      'makeThing( idempotencyKey: String ): Written',
    )
    expect(fieldIn(taking(z.looseObject({})).sdl, 'Mutation', 'makeThing')).toBe(
      'makeThing( input: JSON! idempotencyKey: String ): Written',
    )
  })

  test('has the id where the route takes it, also beside a field that is called so', () => {
    const input = z.object({ id: z.string(), expectedVersion: z.int32() })
    expect(fieldIn(taking(input, { id: 'body.thing' }).sdl, 'Mutation', 'makeThing')).toBe(
      'makeThing( thing: ID! id: ID! expectedVersion: Int! idempotencyKey: String atExpectedVersion: Int ): Written',
    )
    const { Thing } = taking(input)
    expect(fieldIn(sdlOf({ 'PUT /things/:id': Thing.commands.make }), 'Mutation', 'makeThing')).toMatch(
      /^makeThing\( thingId: ID! id: ID! /,
    )
  })
})

describe('what leads back into itself ends', () => {
  interface Tree {
    readonly name: string
    readonly branches: readonly Tree[]
  }
  const Tree: z.ZodType<Tree> = z.object({
    name: z.string(),
    get branches() {
      return z.array(Tree)
    },
  })
  const Term: z.ZodType<unknown> = z.lazy(() =>
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('number'), value: z.number() }),
      z.object({ kind: z.literal('sum'), terms: z.array(Term), first: Term.nullable() }),
    ]),
  )

  test('through kinds that are told apart, as answered and as sent', () => {
    const sdl = sdlOf(constantOf(z.object({ term: Term }), { term: { kind: 'number', value: 1 } }))
    expect(typeIn(sdl, 'ThingTerm')).toBe('union ThingTerm = ThingTermNumber | ThingTermSum')
    expect(typeIn(sdl, 'ThingTermSum')).toBe(
      'type ThingTermSum {\n  kind: String!\n  terms: [ThingTerm!]!\n  first: ThingTerm\n}',
    )
    const sent = taking(z.object({ term: Term })).sdl
    expect(typeIn(sent, 'MakeThingTermInput')).toBe(`input MakeThingTermInput {
  kind: MakeThingTermKind!
  value: Float
  terms: [MakeThingTermInput!]
  first: MakeThingTermInput
}`)
  })

  test('through a list, wherever that is entered', () => {
    const Two = z.object({ a: z.object({ kids: z.array(Tree) }), b: z.object({ kids: z.array(Tree) }) })
    expect(sdlOf(constantOf(Two, { a: { kids: [] }, b: { kids: [] } }))).toContain('branches: [')
    expect(taking(Two).sdl).toContain('branches: [')
    const Either = z.discriminatedUnion('k', [
      z.object({ ...(Tree as unknown as z.ZodObject).shape, k: z.literal('a') }),
      z.object({ k: z.literal('b'), tree: Tree }),
    ])
    expect(taking(Either).sdl).toContain('branches: [')
    expect(sdlOf(constantOf(Either, { k: 'a', name: '', branches: [] }))).toContain('branches: [')
  })
})

test('a default that is larger than 32 bits is told as well', () => {
  const { sdl } = taking(z.object({ limit: z.int().default(5_000_000_000) }))
  expect(fieldIn(sdl, 'Mutation', 'makeThing')).toMatch(/^makeThing\( limit: Float = 5000000000 /)
})

describe('names', () => {
  const Stock = aggregate('stock', { events: { Counted: z.object({}) }, initialState: 0 })
    .evolve({ Counted: () => 1 })
    .commands({
      count: { input: z.object({}), decide: () => undefined },
      takeAway: { input: z.object({}), decide: () => undefined },
    })
  const Stocks = projection('stock', { schema: z.object({ id: z.string(), on: z.string() }), indexes: ['on'] }).create(
    Stock,
    { Counted: ({ aggregateId }) => ({ id: aggregateId, on: '' }) },
  )
  const fieldsOf = (sdl: string, type: string) =>
    [...typeIn(sdl, type).matchAll(/^ {2}(\w+)[(:]/gm)].map(([, name]) => name)

  test('are each given once', () => {
    const sdl = sdlOf(
      {
        'GET /stock': Stocks.list,
        'GET /shelf': Stocks.list,
        'GET /stock/:id': Stocks.get,
        'GET /replay/progress': Stocks.progress,
        'POST /replay': Stocks.rebuild,
        'POST /stock': Stock.commands.count,
        'PUT /stock/:id': Stock.commands.count,
        'PATCH /stock/:id': choose('what', { TAKE: Stock.commands.takeAway, COUNT: Stock.commands.count }),
      },
      [Stocks],
    )
    expect(fieldsOf(sdl, 'Query')).toEqual(['stockList', 'stockListAtShelf', 'stock', 'stockProgress'])
    expect(fieldsOf(sdl, 'Mutation')).toEqual([
      'rebuildStock',
      'countStock',
      'countStockAtStockId',
      'takeAway',
      'countStockAtStockId2',
    ])
    expect(fieldsOf(sdl, 'Subscription')).toEqual(['stockChanged'])
  })

  test('are those of an application without configuration', () => {
    const sdl = graphqlSdl(cafe)
    expect(fieldsOf(sdl, 'Query')).toEqual(['coffees', 'orders', 'order', 'ordersProgress'])
    expect(fieldsOf(sdl, 'Mutation')).toEqual(['placeOrder', 'payPayment', 'rebuildOrders'])
    expect(fieldIn(sdl, 'Query', 'orders')).toBe(
      'orders( customerId: ID date: String where: OrdersWhere sort: OrdersSort = customerId_ASC first: Int = 100 after: String ): OrderConnection',
    )
    expect(fieldIn(sdl, 'Subscription', 'orderChanged')).toBe(
      'orderChanged( customerId: ID date: String id: ID ): Order',
    )
    expect(fieldIn(sdl, 'Mutation', 'payPayment')).toBe(
      'payPayment( orderId: ID! idempotencyKey: String expectedVersion: Int ): Written',
    )
  })

  test('are there also where nothing can be read', () => {
    expect(sdlOf({ 'POST /stock': Stock.commands.count })).toContain('application: String')
  })
})
