import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { fieldsOf, jsonSchemaOf, schemaOfVersion, schemaVersionOf, upcast, versions } from './index.ts'

const first = z.object({ seats: z.int() })
const second = z.object({ seats: z.int(), venue: z.string() })
const third = z.object({ rows: z.int(), venue: z.string(), open: z.boolean().default(false) })

const Scheduled = versions(first)
  .upcast(second, (old) => ({ ...old, venue: 'unknown' }))
  .upcast(third, ({ seats, venue }) => ({ rows: Math.ceil(seats / 10), venue }))

describe('a schema with versions', () => {
  test('is the newest one, and knows its number', () => {
    expect(schemaVersionOf(Scheduled)).toBe(3)
    expect(jsonSchemaOf(Scheduled, 'output')).toEqual(jsonSchemaOf(third, 'output'))
    expect(Object.keys(fieldsOf(Scheduled) ?? {})).toEqual(['rows', 'venue', 'open'])
    expect(Scheduled.parse({ rows: 1, venue: 'Hall' })).toEqual({ rows: 1, venue: 'Hall', open: false })
  })

  test('leaves the schemas that it is made of as they are', () => {
    expect([first, second, third].map(schemaVersionOf)).toEqual([1, 1, 1])
    expect(schemaVersionOf(versions(first))).toBe(1)
    expect(third).not.toHaveProperty('upcast')
  })

  test('keeps what is said about the newest one', () => {
    const described = versions(first).upcast(second.describe('A concert'), (old) => ({ ...old, venue: '' }))
    expect(jsonSchemaOf(described, 'output')).toMatchObject({ description: 'A concert' })
  })

  test('keeps those before it', () => {
    const shapes = [1, 2, 3, 4].map((version) =>
      Object.keys(fieldsOf(schemaOfVersion(Scheduled, version) ?? first) ?? {}),
    )
    expect(shapes.slice(0, 3)).toEqual([['seats'], ['seats', 'venue'], ['rows', 'venue', 'open']])
    expect(schemaOfVersion(Scheduled, 4)).toBeUndefined()
    expect(schemaOfVersion(first, 1)).toBe(first)
  })
})

describe('data of an event', () => {
  test('goes from its version to the newest, step by step, with defaults', () => {
    expect(upcast(Scheduled, 1, { seats: 95 })).toEqual({ rows: 10, venue: 'unknown', open: false })
    expect(upcast(Scheduled, 2, { seats: 20, venue: 'Hall' })).toEqual({ rows: 2, venue: 'Hall', open: false })
  })

  test('that is of the newest version stays the very same', () => {
    const data = { rows: 1 }
    expect(upcast(Scheduled, 3, data)).toBe(data)
    expect(upcast(first, 1, data)).toBe(data)
  })

  test('that was written by a newer application cannot be read by this one', () => {
    expect(() => upcast(Scheduled, 4, {})).toThrow('it was written by a newer version of the application')
    expect(() => upcast(first, 2, {})).toThrow('it was written by a newer version of the application')
  })

  test.each([0, -1, 1.5, Number.NaN, 'x' as never])('has no version %s', (version) => {
    expect(() => upcast(Scheduled, version, {})).toThrow(`its schema has no version ${version}`)
  })

  test('that an upcaster gives has to fit the next version', () => {
    const broken = versions(first).upcast(second, () => ({ seats: 1 }) as never)
    expect(() => upcast(broken, 1, { seats: 1 })).toThrow(
      /what was made of it does not fit version 2 of its schema: .*venue/s,
    )
  })

  test('fails with what an upcaster throws', () => {
    const broken = versions(first).upcast(second, () => {
      throw new Error('no venue')
    })
    expect(() => upcast(broken, 1, { seats: 1 })).toThrow('no venue')
  })
})
