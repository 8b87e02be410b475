import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, projection, rawAggregate, versions } from '../definitions/index.ts'
import { given, history, inVersion, project } from './index.ts'

/** Histories with events that the newest definitions do not write: of any type, or of an older version. */

const Items = rawAggregate('items', { events: { CREATED: z.object({ itemId: z.string(), amount: z.int() }) } })
const Amounts = projection('amounts', { schema: z.object({ id: z.string(), amount: z.int() }) }).upsert(
  Items,
  { CREATED: (_, { data }) => ({ id: data.itemId, amount: data.amount }) },
  { id: ({ data }) => data.itemId },
)
const created = Items.event('CREATED', { itemId: 'a', amount: 2 })

describe('a raw aggregate', () => {
  test('is given any events, and decides on any', () => {
    given(Items, [created, { type: 'ANYTHING', data: { x: 1 } }])
      .when(Items.commands.append, { type: 'OTHER', data: { y: [2] } })
      .expectEvents([{ type: 'OTHER', data: { y: [2] } }])
      .expectState(undefined)
  })

  test('records of a known event what is known', () => {
    given(Items, [])
      .when(Items.commands.append, { type: 'CREATED', data: { itemId: 'a', amount: 2, more: true } })
      .expectEvents([created])
  })

  test('refuses what does not fit, by its field', () => {
    given(Items, [])
      .when(Items.commands.append, { type: 'CREATED', data: { itemId: 'a', amount: 'x' } })
      .expectInvalid('data.amount')
    expect(() => history(Items, 'a', [{ type: 'CREATED', data: {} }])).toThrow('does not fit its schema')
  })

  test('feeds projections with the events that are known', async () => {
    await project(Amounts)
      .given(history(Items, 'shelf', [{ type: 'ANYTHING', data: {} }, created, { type: 'MORE', data: {} }]))
      .expectDocuments([{ id: 'a', amount: 2 }])
  })
})

const Concert = aggregate('concert', {
  events: {
    Scheduled: versions(z.object({ seats: z.int() })).upcast(z.object({ rows: z.int() }), ({ seats }) => ({
      rows: seats / 10,
    })),
  },
  initialState: 0,
})
  .evolve({ Scheduled: (_, { rows }) => rows })
  .commands({ look: { input: z.object({}), decide: () => undefined } })

describe('an event of an older version', () => {
  test('is decided on as the newest describes it', () => {
    given(Concert, [inVersion(1, 'Scheduled', { seats: 200 })])
      .when(Concert.commands.look, {})
      .expectState(20)
  })

  test('is projected as the newest describes it, beside new ones', async () => {
    const schema = z.object({ id: z.string(), rows: z.array(z.int()) })
    const Rows = projection('rows', { schema }).upsert(Concert, {
      Scheduled: (document, { aggregateId: id, data }) => ({ id, rows: [...(document?.rows ?? []), data.rows] }),
    })
    await project(Rows)
      .given(
        history(Concert, 'a', [inVersion(1, 'Scheduled', { seats: 200 }), Concert.event('Scheduled', { rows: 3 })]),
      )
      .expectDocuments([{ id: 'a', rows: [20, 3] }])
  })

  test('has to fit the schema of its version, and that has to be there', () => {
    expect(() => given(Concert, [inVersion(1, 'Scheduled', { rows: 3 })])).toThrow('does not fit its schema')
    expect(() => given(Concert, [inVersion(3, 'Scheduled', { rows: 3 })])).toThrow(
      "The schema of 'Scheduled' of 'concert' has no version 3",
    )
  })
})
