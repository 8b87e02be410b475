import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { Documents } from './documents.ts'

const documents = () => new Documents(buildSchema('type Query { a: Int }'), true)

test('a document is parsed and validated once for all who send the same text', () => {
  const all = documents()
  const first = all.prepare('{ a }')
  expect(first).toMatchObject({ operations: [{ name: undefined, kind: 'query' }] })
  expect(all.prepare('{ a }')).toBe(first)
  expect(all.prepare('{ a a }')).not.toBe(first)
})

test('those that were used last are kept', () => {
  const all = documents()
  const [often, once] = [all.prepare('query often { a }'), all.prepare('query once { a }')]
  for (let n = 0; n < 600; n++) {
    all.prepare(`query q${n} { a }`)
    expect(all.prepare('query often { a }')).toBe(often)
  }
  expect(all.prepare('query once { a }')).not.toBe(once)
})

test('what stands in a list is weighed as often as it may be answered, also in fragments', () => {
  const schema = buildSchema(
    'type Query { cart: Cart menu: [Line!] } type Cart { id: ID lines: [Line!]! } type Line { n: Int }',
  )
  const costOf = (text: string) => {
    const prepared = new Documents(schema, true).prepare(text)
    return 'errors' in prepared ? prepared.errors : prepared.operations[0]?.weight.costWith({})
  }
  expect(costOf('{ cart { id } }')).toBe(101)
  expect(costOf('{ cart { id lines { n } } }')).toBe(112)
  expect(costOf('{ cart { ...all } } fragment all on Cart { lines { a: n b: n c: n } }')).toBe(131)
  expect(costOf('{ menu { n } }')).toBe(110)
})

test('of long ones fewer are kept', () => {
  const all = documents()
  const long = (name: string) => `query ${name} { a } #${'x'.repeat(10_000)}`
  const first = all.prepare(long('first'))
  for (let n = 0; n < 30; n++) all.prepare(long(`q${n}`))
  expect(all.prepare(long('first'))).toBe(first)
  for (let n = 0; n < 50; n++) all.prepare(long(`p${n}`))
  expect(all.prepare(long('first'))).not.toBe(first)
})

test('what is not valid, or very long, is not kept', () => {
  const all = documents()
  expect(all.prepare('{ b }')).toMatchObject({ errors: [{ message: expect.stringContaining('"b"') }] })
  expect(all.prepare('{ b }')).not.toBe(all.prepare('{ b }'))
  const long = `{ a } #${'x'.repeat(20_000)}`
  expect(all.prepare(long)).not.toBe(all.prepare(long))
})
