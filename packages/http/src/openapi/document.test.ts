import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { aggregate, app, projection, type Routes, route } from 'weir'
import * as z from 'zod'
import { boxOffice, Concert, Concerts } from '../../test/box-office.ts'
import { openApiDocument } from './document.ts'

// biome-ignore lint/suspicious/noExplicitAny: the tests look deep into a document
const documentOf = (routes: Routes, projections: any[] = []): any =>
  openApiDocument(app('sample', { routes, projections }))

const expectValid = async (document: object) => {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as Record<string, unknown>)
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
}

/** Every `$ref` of a document, with what stands there. */
function references(document: object): [reference: string, target: unknown][] {
  const found = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string)
  const follow = (path: string) =>
    path.split('/').reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], document)
  return found.map((path) => [path, follow(path)])
}

describe("the box office's document", () => {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const document: any = openApiDocument(boxOffice, '/box-office')

  test('is valid OpenAPI 3.1, and its references lead somewhere', async () => {
    expect(document.openapi).toBe('3.1.1')
    await expectValid(document)
    const all = references(document)
    expect(all.length).toBeGreaterThan(50)
    expect(all.filter(([, target]) => target === undefined)).toEqual([])
  })

  test('says what the application is and where', () => {
    expect(document.info).toEqual({ title: 'Box office', description: 'Concerts that never oversell.', version: '1' })
    expect(document.servers).toEqual([{ url: '/box-office' }])
    expect(document.tags).toEqual([
      { name: 'concerts' },
      { name: 'tickets' },
      { name: 'customers' },
      { name: 'search' },
    ])
  })

  test('names every operation once', () => {
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path as object).map(({ operationId }) => operationId),
    )
    expect(ids).toEqual([
      'scheduleConcert',
      'listConcerts',
      'getConcert',
      'moveConcert',
      'cancelConcert',
      'buyTicket',
      'getCustomer',
      'listConcertsAtSearch',
    ])
  })

  test('says in words what each does, also where its author did not', () => {
    expect(document.paths['/concerts'].get.summary).toBe('Concerts')
    expect(document.paths['/concerts'].post.summary).toBe('Schedule concert')
  })

  test('describes the body of a ticket as its input and the id of its concert', () => {
    const { requestBody, responses } = document.paths['/tickets'].post
    expect(requestBody).toMatchObject({ required: true })
    expect(document.components.schemas.BuyTicketInput).toEqual({
      type: 'object',
      properties: {
        concertId: { type: 'string' },
        customerName: { type: 'string', minLength: 1 },
        customerEmail: { type: 'string', format: 'email' },
      },
      required: ['concertId', 'customerName', 'customerEmail'],
    })
    expect(responses['201'].content['application/json'].schema.$ref).toMatch('BuyTicketAnswer')
    expect(Object.keys(responses['201'].headers)).toEqual(['Consistency-Token', 'Location', 'X-Request-Id'])
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '412', '413', '415', '422', '4XX', '503']))
  })

  test('describes the headers that matter', () => {
    const { put, get } = document.paths['/concerts/{id}']
    const names = ({ parameters }: { parameters: { $ref?: string; name?: string }[] }) =>
      parameters.map(({ $ref, name }) => name ?? $ref?.split('/').at(-1))
    expect(names(put)).toEqual(['id', 'IdempotencyKey', 'IfMatch'])
    expect(names(get)).toEqual(['id', 'IfNoneMatch', 'ConsistencyToken', 'Prefer'])
    expect(Object.keys(put.responses['200'].headers)).toContain('ETag')
    expect(Object.keys(get.responses)).toEqual(['200', '304', '400', '404', '500', '503'])
    expect(document.paths['/concerts'].get.responses['200'].headers.Link).toBeDefined()
  })

  test('lists the query parameters of a list, with their values', () => {
    const { parameters } = document.paths['/concerts'].get
    const named = (name: string) => parameters.find((parameter: { name?: string }) => parameter.name === name)
    expect(named('status').schema).toEqual({ type: 'string', enum: ['on-sale', 'cancelled'] })
    expect(named('status[gte]').schema).toEqual({ type: 'string' })
    expect(named('availableTickets[lt]').schema).toEqual({ type: 'integer' })
    expect(named('sort').schema).toMatchObject({ default: '-date', enum: expect.arrayContaining(['venue', '-venue']) })
    const search = document.paths['/search'].get.parameters
    expect(search.find((parameter: { name?: string }) => parameter.name === 'date')).toBeUndefined()
  })

  test('needs no body where the command needs none', () => {
    expect(document.paths['/concerts/{id}'].delete.requestBody.required).toBe(false)
  })
})

describe('schemas', () => {
  const inputOf = (input: z.ZodType) => {
    const Thing = aggregate('thing', { events: { Done: z.object({}) }, initialState: 0 })
      .evolve({ Done: () => 1 })
      .commands({ make: { input, decide: () => ({ type: 'Done', data: {} }) } })
    return documentOf({ 'POST /things': Thing.commands.make })
  }

  test('that refer to themselves stay whole', async () => {
    const Category: z.ZodType = z.object({
      name: z.string(),
      get parts() {
        return z.array(Category)
      },
    })
    const document = inputOf(z.object({ root: Category, other: Category.optional() }))
    await expectValid(document)
    expect(references(document).filter(([, target]) => target === undefined)).toEqual([])
  })

  test('that are recursive at their root refer to their own name', () => {
    const Tree: z.ZodType = z.object({
      get branches() {
        return z.array(Tree)
      },
    })
    const { schemas } = inputOf(Tree).components
    expect(schemas.MakeThingInput.properties.branches.items.$ref).toBe('#/components/schemas/MakeThingInput')
  })

  test('that were named by their author keep the name', () => {
    const Address = z.object({ street: z.string() }).meta({ id: 'postal-address', title: 'Address' })
    const document = inputOf(z.object({ from: Address, to: Address }))
    expect(Object.keys(document.components.schemas)).toEqual(['MakeThingInput', 'PostalAddress', 'Problem', 'Written'])
    expect(document.components.schemas.PostalAddress).toEqual({
      type: 'object',
      title: 'Address',
      properties: { street: { type: 'string' } },
      required: ['street'],
    })
  })

  test('that were named at their root are referred to by that name', async () => {
    const document = inputOf(z.object({ street: z.string() }).meta({ id: 'whole-address' }))
    const { schema } = document.paths['/things'].post.requestBody.content['application/json']
    expect(schema).toEqual({ $ref: '#/components/schemas/WholeAddress' })
    await expectValid(document)
  })

  test('may have fields named like keywords, and data that looks like references', () => {
    const Address = z.object({ street: z.string() }).meta({ id: 'kept-address' })
    const input = z.object({ default: Address, enum: z.string(), pattern: z.string(), format: z.string() })
    const document = inputOf(input.meta({ examples: [{ $ref: '#/$defs/kept-address' }] }))
    const { properties, examples } = document.components.schemas.MakeThingInput
    expect(Object.keys(properties)).toEqual(['default', 'enum', 'pattern', 'format'])
    expect(properties.default.$ref).toBe('#/components/schemas/KeptAddress')
    expect(examples).toEqual([{ $ref: '#/$defs/kept-address' }])
  })

  test('of different things do not share a name', async () => {
    const orders = (shape: z.ZodRawShape) =>
      projection('orders', { schema: z.object({ id: z.string(), ...shape }) }).upsert(Concert, {
        Cancelled: (_, { aggregateId }) => ({ id: aggregateId }) as never,
      })
    const Made = projection('made', { schema: z.object({ id: z.string() }) }).upsert(Concert, {
      Cancelled: (_, { aggregateId }) => ({ id: aggregateId }),
    })
    const Order = orders({ total: z.int() })
    const document = documentOf({ 'GET /orders/:id': Order.get, 'GET /made/:id': Made.get }, [Order, Made])
    expect(Object.keys(document.components.schemas)).toEqual(['Made', 'Order', 'Problem'])
    await expectValid(document)
  })
})

test('an application with words of its own is documented with them', () => {
  const document = documentOf(
    { 'GET /concerts': route(Concerts.list, { summary: 'All concerts', description: 'Newest first.' }) },
    [Concerts],
  )
  expect(document.paths['/concerts'].get).toMatchObject({ summary: 'All concerts', description: 'Newest first.' })
  expect(document.info).toEqual({ title: 'sample', version: '1' })
})
