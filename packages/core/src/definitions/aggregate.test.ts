import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, reject } from './index.ts'

const Counter = aggregate('counter', { events: { Increased: z.object({ by: z.int() }) }, initialState: 0 })
  .evolve({ Increased: (total, { by }) => total + by })
  .commands({
    increase: { input: z.object({ by: z.int() }), decide: (_, { by }) => ({ type: 'Increased', data: { by } }) },
  })

describe('an aggregate', () => {
  test('folds its events into its state', () => {
    expect(Counter.evolve(2, Counter.event('Increased', { by: 3 }))).toBe(5)
  })

  test('ignores events that it has no handler for: whoever reads history says what that means', () => {
    expect(Counter.evolve(2, { type: 'Reset', data: {} } as never)).toBe(2)
    expect(Counter.evolve(2, { type: 'toString', data: {} } as never)).toBe(2)
  })

  test('is pointed at by a field of the input of others', () => {
    expect(Counter.at('counterId')).toEqual({ aggregate: Counter, idField: 'counterId' })
  })
})

describe('a command', () => {
  test('makes messages for an aggregate that is there, or for a new one', () => {
    const { increase } = Counter.commands
    expect(increase('c-1', { by: 1 })).toEqual({ command: increase, aggregateId: 'c-1', input: { by: 1 } })
    expect(increase.create({ by: 1 })).toEqual({ command: increase, aggregateId: undefined, input: { by: 1 } })
    expect([increase.kind, increase.commandName, increase.aggregate]).toEqual(['command', 'increase', Counter])
  })
})

describe('a rejection', () => {
  test('is a value with a code, a title and a status', () => {
    expect(reject('sold-out', 'No tickets available')).toEqual({
      kind: 'rejection',
      code: 'sold-out',
      title: 'No tickets available',
      status: 409,
      detail: undefined,
    })
    expect(reject('gone', 'It is gone', { status: 410, detail: 'Since May' })).toMatchObject({
      status: 410,
      detail: 'Since May',
    })
  })

  test.each([200, 399, 500, 404.5, Number.NaN])('cannot answer with the status %s', (status) => {
    expect(() => reject('odd', 'Odd', { status })).toThrow(RangeError)
  })
})
