import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { buildSchema, type ExecutionArgs, type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { expect, test } from 'vitest'
import type { RequestContext } from '../context.ts'
import { Documents, type Prepared } from '../documents.ts'
import { executeBy } from './execute.ts'
import { Choices, chooseQuery, chooseValue } from './plan.fixture.ts'
import { type Read, readField } from './reads.ts'

const everyKind = `
  scalar JSON
  enum Color { red green }
  input Range { gte: Int lt: Int = 5 }
  type Part { id: ID! name: String! weight: Float size: Int! color: Color! tags: [String!]! any: JSON part: Part parts: [Part] }
  type Card { number: String! }
  type Cash { coins: [Int!] }
  union Means = Card | Cash
  type Query {
    means: Means
    part(id: ID!, color: Color = red): Part
    parts(first: Int = 20, sizes: [Int!], range: Range, any: JSON): [Part!]
    grid: [[Part!]!]
    color: Color
    surely: Part!
  }`
const ofExample = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../../../examples', name, 'schema.graphql'), 'utf8')
const schemas = [['every kind of type', everyKind], ...['coffee', 'helpdesk'].map((name) => [name, ofExample(name)])]

/** A schema whose root fields answer what they are told. */
function answering(sdl: string, read: (name: string) => Read): GraphQLSchema {
  const schema = buildSchema(sdl)
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve, extensions } = readField({ type: field.type, read: read(field.name) })
    Object.assign(field, { resolve, extensions })
  }
  return schema
}

const prepared = (schema: GraphQLSchema, text: string) => {
  const document = new Documents(schema, true).prepare(text)
  if ('errors' in document) throw new Error(`${document.errors[0]?.message} ${text}`)
  return document
}
const argumentsOf = (schema: GraphQLSchema, { document }: Prepared, variableValues = {}): ExecutionArgs => ({
  schema,
  document,
  variableValues,
  contextValue: {} as RequestContext,
})
const planOf = ({ operations }: Prepared) => operations[0]?.plan()
/** Fields that are read at the same time may fail in any order. */
const told = ({ data, errors }: ExecutionResult) => ({
  data: data && JSON.parse(JSON.stringify(data)),
  errors: errors
    ?.map((error) => ({ ...error.toJSON(), thrown: error.originalError }))
    .sort((a, b) => String(a.path).localeCompare(String(b.path))),
})
const choices = fc.array(fc.nat({ max: 239 }), { minLength: 40, maxLength: 200, size: 'max' })

test.each(schemas)('a plan answers what graphql would, and reads no more: %s', async (_, sdl = '') => {
  await fc.assert(
    fc.asyncProperty(choices, choices, async (forQuery, forValues) => {
      const values = new Choices(forValues)
      const calls: unknown[] = []
      const outcomes = new Map<string, unknown>()
      const schema = answering(sdl, (name) => (args) => {
        calls.push([name, args])
        const outcome = outcomes.get(name)
        if (outcome instanceof Error) throw outcome
        return outcome
      })
      for (const { name, type } of Object.values(schema.getQueryType()?.getFields() ?? {})) {
        outcomes.set(name, values.once(10) ? new Error('not read') : chooseValue(type, values))
      }
      const { text, variables, isForGraphql } = chooseQuery(schema, new Choices(forQuery))
      const document = prepared(schema, text)
      const args = argumentsOf(schema, document, variables)
      const expected = told(await execute(args))
      const expectedCalls = calls.splice(0)
      expect(planOf(document) === undefined).toBe(isForGraphql)
      expect(told(await executeBy(planOf(document), args))).toEqual(expected)
      expect(calls).toEqual(expectedCalls)
    }),
    // Shrinking what fails takes minutes, and the seed is enough.
    { numRuns: 100, endOnFailure: true },
  )
})

test.each<[string, string]>([
  ['directives', 'query ($is: Boolean!) { color @include(if: $is) }'],
  ['unions', '{ means { __typename } }'],
  ['the schema itself', '{ __schema { queryType { name } } }'],
  ['a name that would change the object', '{ __proto__: color }'],
])('what only graphql can execute has no plan: %s', (_, text) => {
  expect(
    planOf(
      prepared(
        answering(everyKind, () => () => null),
        text,
      ),
    ),
  ).toBeUndefined()
})

test('plans are no larger than their document, whatever fragments repeat', () => {
  const schema = answering(everyKind, () => () => null)
  const doubling = (times: number) =>
    `{ part(id: 1) { ...f0 } } fragment f${times} on Part { id } ${Array.from(
      { length: times },
      (_, n) => `fragment f${n} on Part { a: part { ...f${n + 1} } b: part { ...f${n + 1} } }`,
    ).join(' ')}`
  expect(planOf(prepared(schema, doubling(2)))).toBeDefined()
  expect(planOf(prepared(schema, doubling(12)))).toBeUndefined()
  const many = Array.from({ length: 50 }, (_, n) => `query q${n} { part(id: 1) { ...all } }`).join(' ')
  const all = Array.from({ length: 50 }, (_, n) => `n${n}: name`).join(' ')
  const { operations } = prepared(schema, `${many} fragment all on Part { ${all} }`)
  const plans = operations.map(({ plan }) => plan())
  expect(plans[0]).toBeDefined()
  expect(plans.filter(Boolean).length).toBeLessThan(30)
})
