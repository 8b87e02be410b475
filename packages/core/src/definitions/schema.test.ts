import { expect, test } from 'vitest'
import * as z from 'zod'
import { scalarTypeOf } from './schema.ts'

test.each<[string, z.ZodType, string | undefined]>([
  ['text', z.string(), 'string'],
  ['a date', z.iso.date(), 'string'],
  ['one of several words', z.enum(['a', 'b']), 'string'],
  ['a word or another', z.union([z.literal('a'), z.literal('b')]), 'string'],
  ['a number', z.number(), 'number'],
  ['a whole number', z.int(), 'number'],
  ['a boolean', z.boolean(), 'boolean'],
  ['text and numbers', z.union([z.string(), z.int()]), undefined],
  ['a list', z.array(z.string()), undefined],
  ['an object', z.object({}), undefined],
  ['anything', z.unknown(), undefined],
  ['nothing', z.null(), undefined],
])('a field of %s is the scalar that it looks like, also beside null and absence', (_, schema, type) => {
  for (const each of [schema, schema.nullable(), schema.optional(), schema.nullish()]) {
    expect(scalarTypeOf(each)).toBe(type)
  }
})
