import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { app, rawAggregate, route } from 'weir'
import * as z from 'zod'
import { boxOffice } from '../../test/box-office.ts'
import { cafe } from '../../test/cafe.ts'
import { openApiDocument } from './document.ts'

// biome-ignore lint/suspicious/noExplicitAny: the tests look deep into a document
const document: any = openApiDocument(cafe, '/cafe')

describe("the café's document", () => {
  test('is valid OpenAPI 3.1', async () => {
    const { errors } = await new Validator().validate(structuredClone(document))
    expect(errors).toBeUndefined()
  })

  test('says which routes need a key, and how it is sent', () => {
    expect(document.components.securitySchemes.apiKey).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'x-api-key',
    })
    const { get: coffees } = document.paths['/coffees']
    const { get: orders } = document.paths['/orders']
    expect(orders.security).toEqual([{ apiKey: [] }])
    expect(orders.responses).toMatchObject({ 401: expect.anything(), 403: expect.anything() })
    expect(document.components.responses.KeyMissing.headers).toHaveProperty('WWW-Authenticate')
    expect(coffees).not.toHaveProperty('security')
    expect(Object.keys(coffees.responses)).toEqual(['200', '304', '500'])
  })

  test('says nothing of keys where none are needed', () => {
    const open = openApiDocument(boxOffice)
    expect(JSON.stringify(open)).not.toMatch(/KeyMissing|KeyWrong|securitySchemes|"401"|"403"/)
  })

  test('names the operations', () => {
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path as object).map(({ operationId }) => operationId),
    )
    expect(ids).toEqual([
      'getCoffees',
      'placeOrder',
      'listOrders',
      'getOrder',
      'payPayment',
      'rebuildOrders',
      'getOrdersProgress',
    ])
  })

  test('describes the menu', () => {
    const { GetCoffeesAnswer } = document.components.schemas
    expect(GetCoffeesAnswer).toMatchObject({ type: 'array', items: { required: ['id', 'name', 'price'] } })
    expect(document.paths['/coffees'].get.parameters).toEqual([{ $ref: '#/components/parameters/IfNoneMatch' }])
  })

  test('says what a list answers by itself, and which filters exclude each other', () => {
    const described = (name: string) =>
      document.paths['/orders'].get.parameters.find((parameter: { name?: string }) => parameter.name === name)
        .description
    expect(described('customerId')).toBe('Only where `customerId` is this. Not together with `date`.')
    expect(described('date')).toBe(
      "Only where `date` is this. Not together with `customerId`. Today's date in UTC when no filter, or this one without a value, is given.",
    )
  })

  test('leaves the field that an id is derived from in the input, once', () => {
    expect(document.components.schemas.PayPaymentInput).toMatchObject({ required: ['orderId'] })
  })

  test('describes a replay and its progress', () => {
    const { post, get } = document.paths['/replay']
    expect(post.requestBody.required).toBe(false)
    expect(Object.keys(post.responses)).toEqual(expect.arrayContaining(['202', '401', '403', '409', '413', '415']))
    expect(post.responses[202].headers).toHaveProperty('Location')
    expect(get.responses[200].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/RebuildProgress',
    })
    const { state, secondsLeft } = document.components.schemas.RebuildProgress.properties
    expect(state.enum).toEqual(['running', 'stopped', 'blocked', 'done', 'failed', 'cancelled'])
    expect(secondsLeft.anyOf ?? secondsLeft.type).toBeDefined()
  })
})

test("a raw aggregate's append tells the fields of the types that are known, beside any other one", async () => {
  const Item = rawAggregate('item', { events: { ITEM_DELETED: z.object({ itemId: z.string() }) } })
  const stock = app('stock', { routes: { 'POST /events': route(Item.commands.append, { id: 'body.streamId' }) } })
  // biome-ignore lint/suspicious/noExplicitAny: the test looks deep into a document
  const described: any = openApiDocument(stock)
  expect((await new Validator().validate(structuredClone(described))).errors).toBeUndefined()
  const { requestBody } = described.paths['/events'].post
  const name = requestBody.content['application/json'].schema.$ref.split('/').at(-1)
  expect(described.components.schemas[name].anyOf).toMatchObject([
    {
      title: 'ITEM_DELETED',
      properties: { streamId: {}, type: { const: 'ITEM_DELETED' }, data: { properties: { itemId: {} } } },
      required: ['streamId', 'type', 'data'],
    },
    {
      title: 'any other type',
      properties: { streamId: {}, type: { type: 'string' } },
      required: ['streamId', 'type', 'data'],
    },
  ])
})
