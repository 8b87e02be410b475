import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeEach, describe, expect, test } from 'vitest'
import { aggregate, app, choose, reject, route } from 'weir'
import { memoryEngine } from 'weir/memory'
import { startRuntime } from 'weir/runtime'
import * as z from 'zod'
import { createHttpApp } from '../app.ts'
import { openApiDocument } from '../openapi/document.ts'

/** A parcel that is sent on or sent back by what its PATCH says. */

const Parcel = aggregate('parcel', {
  events: { Posted: z.object({}), Sent: z.object({ to: z.string() }), Returned: z.object({ why: z.string() }) },
  initialState: 'none' as 'none' | 'here' | 'gone',
})
  .evolve({ Posted: () => 'here', Sent: () => 'gone', Returned: () => 'gone' })
  .commands({
    post: { input: z.object({}), decide: () => ({ type: 'Posted', data: {} }) },
    send: {
      input: z.object({ to: z.string(), grams: z.int() }),
      decide: (state, { to }) =>
        state === 'here' ? { type: 'Sent', data: { to } } : reject('parcel-gone', 'It is not here any more'),
    },
    giveBack: {
      input: z.strictObject({ why: z.string(), grams: z.int() }),
      decide: (_, { why }) => ({ type: 'Returned', data: { why } }),
    },
  })

const post = app('post', {
  routes: {
    'POST /parcels': Parcel.commands.post,
    'PATCH /parcels/:id': choose('action', {
      SEND: Parcel.commands.send,
      GIVE_BACK: route(Parcel.commands.giveBack, {
        status: 202,
        respond: { schema: z.object({ why: z.string() }), map: ({ eventData }) => eventData('Returned') },
      }),
    }),
  },
})

describe('PATCH /parcels/:id', () => {
  let patch: (
    body: unknown,
    headers?: Record<string, string>,
  ) => Promise<[status: number, body: Record<string, unknown>]>

  beforeEach(async () => {
    const runtime = await startRuntime(post, { engine: memoryEngine() })
    const http = createHttpApp({ mounts: [{ base: '', runtime }] })
    const send = async (method: string, path: string, body: unknown, headers = {}) =>
      http.request(path, {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      })
    const { id } = (await (await send('POST', '/parcels', {})).json()) as { id: string }
    patch = async (body, headers) => {
      const answer = await send('PATCH', `/parcels/${id}`, body, headers)
      return [answer.status, (await answer.json()) as Record<string, unknown>]
    }
  })

  const fieldsOf = ({ errors }: Record<string, unknown>) => (errors as { field: string }[]).map(({ field }) => field)

  test('does what its field says, with the rest of the body, and answers as that command does', async () => {
    expect(await patch({ action: 'SEND', to: 'Ada', grams: 5 })).toMatchObject([200, { version: 2 }])
    expect(await patch({ action: 'GIVE_BACK', why: 'Too late', grams: 5 })).toEqual([202, { why: 'Too late' }])
    expect(await patch({ action: 'SEND', to: 'Bob', grams: 5 })).toMatchObject([409, { code: 'parcel-gone' }])
  })

  test('takes the headers of any command', async () => {
    const sending = { action: 'SEND', to: 'Ada', grams: 5 }
    const key = { 'idempotency-key': 'once' }
    expect(await patch(sending, { 'if-match': '"7"' })).toMatchObject([412, { code: 'version-mismatch' }])
    expect(await patch(sending, key)).toEqual(await patch(sending, key))
    const another = await patch({ action: 'GIVE_BACK', why: 'No', grams: 5 }, key)
    expect(another).toMatchObject([422, { code: 'idempotency-key-reused' }])
  })

  test.each<[unknown, string[]]>([
    [{ to: 'Ada', grams: 5 }, ['action']],
    [{ action: 'BURN' }, ['action', 'grams']],
    [{ action: 'constructor', grams: 5 }, ['action']],
    [{ action: 7, grams: 'a' }, ['action', 'grams']],
    [{ action: 'SEND', why: 'No' }, ['to', 'grams']],
    [{ action: 'GIVE_BACK', why: 'No', grams: 5, to: 'Ada' }, ['to']],
    [[], ['']],
    [null, ['']],
  ])('refuses %j and names what is wrong whichever is chosen', async (body, fields) => {
    const [status, problem] = await patch(body)
    expect([status, problem.code]).toEqual([400, 'invalid-input'])
    expect(fieldsOf(problem)).toEqual(fields)
  })
})

test('its document tells the bodies apart by the field, and what each is answered', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: the test looks deep into a document
  const document: any = openApiDocument(post)
  expect((await new Validator().validate(structuredClone(document))).errors).toBeUndefined()
  const { operationId, requestBody, responses, parameters } = document.paths['/parcels/{id}'].patch
  expect(operationId).toBe('sendOrGiveBackParcel')
  expect(requestBody).toMatchObject({ required: true })
  const { schemas } = document.components
  expect(schemas.SendOrGiveBackParcelInput).toEqual({
    oneOf: [
      { $ref: '#/components/schemas/SendOrGiveBackParcelInputSend' },
      { $ref: '#/components/schemas/SendOrGiveBackParcelInputGiveBack' },
    ],
    discriminator: {
      propertyName: 'action',
      mapping: {
        SEND: '#/components/schemas/SendOrGiveBackParcelInputSend',
        GIVE_BACK: '#/components/schemas/SendOrGiveBackParcelInputGiveBack',
      },
    },
  })
  expect(schemas.SendOrGiveBackParcelInputSend).toMatchObject({
    properties: { action: { const: 'SEND' }, to: { type: 'string' } },
    required: ['action', 'to', 'grams'],
  })
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '202', '412', '422', '4XX']))
  expect(parameters.map(({ $ref = '' }) => $ref.split('/').at(-1))).toEqual(['', 'IdempotencyKey', 'IfMatch'])
})
