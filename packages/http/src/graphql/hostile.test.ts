import { getIntrospectionQuery } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { type Asked as AskedOfRuntime, fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

/** Requests that want to keep the server busy, or to see what they should not. */

type Result = { data?: unknown; errors?: { message: string; extensions: { code: string; detail?: string } }[] }

let asked: AskedOfRuntime
let send: (body: unknown, headers?: Record<string, string>) => Promise<Response>
const ask = async (query: string, variables = {}) => (await (await send({ query, variables })).json()) as Result
const codesOf = ({ errors = [] }: Result) => errors.map(({ extensions }) => extensions.code)

function open(graphql = {}) {
  const fake = fakeRuntime(boxOffice)
  asked = fake.asked
  const http = createHttpApp({ mounts: [{ base: '', runtime: fake.runtime }], graphql })
  send = async (body, headers = {}) =>
    http.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
}

const nothingAsked = { execute: [], get: [], list: [], operations: [] }
const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => make(n)).join(' ')

beforeAll(() => open())

describe('too much at once is refused before anything is read', () => {
  test.each<[string, string]>([
    ['many reads under other names', `{ ${repeat(450, (n) => `a${n}: concert(id: "1") { id }`)} }`],
    ['long pages', `{ ${repeat(60, (n) => `a${n}: concerts(first: 1000) { nodes { id name } }`)} }`],
    ['long pages by default', `{ ${repeat(300, (n) => `a${n}: concerts { nodes { id name date } }`)} }`],
    ['the schema many times', `{ ${repeat(30, (n) => `a${n}: __schema { types { name } }`)} }`],
    ['the schema under many names', `{ __schema { types { fields { ${repeat(30, (n) => `a${n}: name`)} } } } }`],
    [
      'fragments that double each other',
      `{ concert(id: "1") { ...f0 } } ${repeat(20, (n) => `fragment f${n} on Concert { ...f${n + 1} ...f${n + 1} }`)}
       fragment f20 on Concert { id }`,
    ],
    [
      'fragments of the root that double each other',
      `{ ...f0 } ${repeat(20, (n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`)}
       fragment f20 on Query { concert(id: "1") { id } }`,
    ],
  ])('%s', async (_, query) => {
    open({ cost: 40_000 })
    expect(codesOf(await ask(query))).toEqual(['query-too-costly'])
    expect(asked).toEqual(nothingAsked)
  })

  test('a length that a variable says, or that it has by default', async () => {
    open()
    const pages = (first: string) =>
      `query ($n: Int${first}) { ${repeat(60, (n) => `a${n}: concerts(first: $n) { nodes { id name } }`)} }`
    expect(codesOf(await ask(pages(''), { n: 1000 }))).toEqual(['query-too-costly'])
    expect(codesOf(await ask(pages(' = 1000')))).toEqual(['query-too-costly'])
    expect(asked).toEqual(nothingAsked)
    expect(codesOf(await ask(pages(' = 1000'), { n: 10 }))).toEqual([])
    expect(asked.list).toHaveLength(60)
  })

  test('is not the schema as tools ask for it', async () => {
    open()
    const whole = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true })
    expect(codesOf(await ask(whole))).toEqual([])
    expect(codesOf(await ask('{ a: __type(name: "Concert") { name } b: __type(name: "Ticket") { name } }'))).toEqual([])
  })

  test('says what is allowed', async () => {
    open({ depth: 2, cost: 250 })
    const costly = await ask('{ a: concert(id: "1") { id } b: concert(id: "1") { id } c: concert(id: "1") { id } }')
    expect(costly.errors?.[0]?.extensions.detail).toMatch(/It costs 303; 250 are allowed/)
    const deep = await ask('{ concerts(first: 1) { edges { node { id } } } }')
    expect(codesOf(deep)).toEqual(['query-too-deep'])
    expect(deep.errors?.[0]?.extensions.detail).toBe('Its fields are nested 4 deep; 2 are allowed.')
    expect(codesOf(await ask('{ concert(id: "1") { id } }'))).toEqual([])
  })
})

describe('what takes long to check is not checked for long', () => {
  beforeAll(() => open())
  const within = async (query: string) => {
    const begun = performance.now()
    const codes = codesOf(await ask(query))
    expect(performance.now() - begun).toBeLessThan(2000)
    return codes
  }

  test.each<[string, string, string]>([
    ['a huge document', `{ ${repeat(50_000, () => '__typename')} }`, 'invalid-graphql'],
    ['an endless comment', `{ __typename } #${'x'.repeat(900_000)}`, ''],
    ['deep nesting', `${'{ concerts '.repeat(2000)}${'}'.repeat(2000)}`, 'invalid-graphql'],
    ['deep lists of values', `{ concert(id: ${'['.repeat(2400)}${']'.repeat(2400)}) { id } }`, 'invalid-graphql'],
    [
      'fragments in a circle',
      '{ concert(id: "1") { ...a } } fragment a on Concert { ...b } fragment b on Concert { ...a }',
      'invalid-graphql',
    ],
    ['a fragment within itself', '{ ...a } fragment a on Query { ...a }', 'invalid-graphql'],
    ['fields that could be merged', `{ ${repeat(490, () => 'concert(id: "1") { id name }')} }`, 'invalid-graphql'],
    [
      'fields that cannot be merged',
      `{ ${repeat(490, (n) => `a: concert(id: "${n}") { id name }`)} }`,
      'invalid-graphql',
    ],
    ['many unknown fields', `{ ${repeat(4000, (n) => `x${n}`)} }`, 'invalid-graphql'],
    [
      'a schema within a schema',
      `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`,
      'invalid-graphql',
    ],
    ['many directives', `{ __typename ${'@include(if: true) '.repeat(700)} }`, 'invalid-graphql'],
  ])('%s', async (_, query, code) => {
    const codes = await within(query)
    expect(new Set(codes)).toEqual(new Set(code === '' ? [] : [code]))
    // Not one for each of thousands of faults.
    expect(codes.length).toBeLessThanOrEqual(11)
  })

  test('a body that is too large or nested too deeply is not even parsed', async () => {
    expect((await send({ query: `{ __typename } #${'x'.repeat(2 ** 20)}` })).status).toBe(413)
    expect(
      (await send(`{"query":"{ __typename }","variables":{"a":${'['.repeat(200)}${']'.repeat(200)}}}`)).status,
    ).toBe(400)
  })
})

describe('what should not be seen', () => {
  test('is the schema, where it is not to be shown', async () => {
    open({ introspection: false })
    for (const query of ['{ __schema { queryType { name } } }', '{ __type(name: "Concert") { name } }'])
      expect(new Set(codesOf(await ask(query)))).toEqual(new Set(['invalid-graphql']))
    expect(await ask('{ __typename concert(id: "1") { __typename } }')).toEqual({
      data: { __typename: 'Query', concert: null },
    })
  })

  test('are names, where a mistake would be told with what was meant', async () => {
    open({ introspection: false })
    const field = await ask('{ concert(id: "1") { availableTicket } }')
    expect(field.errors?.[0]?.message).not.toContain('availableTickets')
    const value = await ask('query ($s: ConcertStatus) { concerts(status: $s) { nodes { id } } }', { s: 'on_sal' })
    expect(value.errors?.[0]?.message).not.toContain('on_sale')
  })
})
