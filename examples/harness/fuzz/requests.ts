import * as fc from 'fast-check'
import type { App, CommandEntry, RouteEntry } from 'weir'
import { testKey } from '../server.ts'
import { operationsTo } from './operations.ts'
import { bodyOf, hostileText, hostileValue } from './values.ts'

/** Something that an earlier answer of the same run has told. */
export interface Recall {
  readonly recall: 'id' | 'token' | 'cursor' | 'etag'
  readonly nth: number
}

type Text = string | Recall

/** A request, with places for what only the run itself knows. */
export interface RequestSketch {
  readonly method: string
  readonly path: readonly Text[]
  readonly query: readonly (readonly [name: string, value: Text])[]
  /** Already encoded, and put behind the rest as it is. */
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, Text>>
  readonly body: unknown
  readonly rawBody: string | Uint8Array<ArrayBuffer> | undefined
}

export const isRecall = (value: unknown): value is Recall =>
  typeof value === 'object' && value !== null && 'recall' in value && 'nth' in value

const recall = (what: Recall['recall']): fc.Arbitrary<Recall> =>
  fc.record({ recall: fc.constant(what), nth: fc.nat(5) })

const id: fc.Arbitrary<Text> = fc.oneof(
  { weight: 6, arbitrary: recall('id') },
  { weight: 1, arbitrary: fc.constantFrom('00000000-0000-7000-8000-000000000000', 'x'.repeat(129), '.', 'a b') },
  { weight: 1, arbitrary: hostileText },
)

const OPERATORS = ['', '[gte]', '[gt]', '[lte]', '[lt]', '[ne]', '[', '[]']

const names = (projection: { readonly indexes: readonly string[] }) =>
  fc.constantFrom(...projection.indexes, 'id', 'limit', 'cursor', 'sort', '__proto__', 'nothing')

const parameterOf = (route: RouteEntry): fc.Arbitrary<readonly [string, Text]> => {
  if (route.kind !== 'list') return fc.tuple(hostileText, hostileText)
  const field = names(route.projection)
  const sort = fc.tuple(fc.constantFrom('', '-', '--', '+'), field).map((parts) => parts.join(''))
  return fc.oneof(
    fc.tuple(fc.constant('sort'), sort),
    fc.tuple(fc.constant('limit'), fc.constantFrom('1', '2', '1000', '0', '-1', '1e3', '1001', '', ' 1')),
    fc.tuple(fc.constant('cursor'), fc.oneof(recall('cursor'), hostileText, fc.base64String({ maxLength: 60 }))),
    fc.tuple(
      fc.tuple(field, fc.constantFrom(...OPERATORS)).map((parts) => parts.join('')),
      hostileText,
    ),
    fc.tuple(fc.constantFrom('status', 'priority', 'venue', 'concertId'), fc.constantFrom('open', 'high', 'Arena')),
    fc.tuple(fc.constant('concertId'), recall('id')),
  )
}

const rawQuery = fc.constantFrom('%', '%zz', '%ff', '&&==&', '?', 'a=%c3%28', 'limit=1&limit=2', 'sort=date#x', '[]=1')

/** Header values are bytes: what a client can send at all. */
const headerText = hostileText.map((text) => text.replace(/[^\x20-\x7e\x80-\xff]/g, '').trim())

const header = (name: string, value: fc.Arbitrary<Text>) => fc.record({ [name]: value })

/** Mostly none, so that what lies behind the headers is reached too; else one or two. */
const headers: fc.Arbitrary<Readonly<Record<string, Text>>> = fc
  .array(
    fc.oneof(
      header('content-type', fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'application/', '')),
      header('idempotency-key', fc.oneof(fc.constantFrom('a', 'b'), headerText)),
      header('if-match', fc.oneof(recall('etag'), fc.constantFrom('*', 'W/"1"', '"99999999999999999999"'), headerText)),
      header('if-none-match', fc.oneof(recall('etag'), fc.constantFrom('*'), headerText)),
      header('consistency-token', recall('token')),
      header('consistency-token', fc.oneof(headerText, fc.base64String())),
      header('prefer', fc.constantFrom('wait=0', 'wait=1, handling=strict', 'handling=strict', 'wait=x', ',,,')),
      header('traceparent', headerText),
      header('x-request-id', headerText),
      header('x-api-key', headerText),
      header('origin', fc.constantFrom('https://example.org', 'null', '')),
      header('accept', fc.constantFrom('application/json', 'text/html', '*/*;q=x')),
      header('content-encoding', fc.constantFrom('gzip', 'identity')),
    ),
    { maxLength: 2, size: 'max' },
  )
  .map((some) => Object.assign({}, ...some))

const fewHeaders = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: headers })

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

const rawBody = fc.oneof(
  fc.constantFrom<string | Uint8Array<ArrayBuffer>>(
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '\ufeff{}',
    '{"a":1e999}',
    '{"title":"a","title":"b"}',
    '{"__proto__":{"title":"a"},"title":"b"}',
    '{"\\u005f_proto__":{"status":409}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"title":"\\ud800"}',
    `{"title":${nested(100)}}`,
    nested(5000),
    '{"a":'.repeat(3000),
    `"${'x'.repeat(2 ** 20)}"`,
    new Uint8Array([0xff, 0xfe, 0x7b]),
    new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
  ),
  hostileValue.map((value) => JSON.stringify(value)),
)

/** The field of the body that names an aggregate. */
const idIn = ({ idFrom }: CommandEntry): Record<string, fc.Arbitrary<Text>> =>
  idFrom.source === 'body' || idFrom.source === 'derived' ? { [idFrom.name]: id } : {}

/** The bodies of a route: one a command that it can execute. */
function bodiesOf(route: RouteEntry) {
  if (route.kind === 'command') return [bodyOf(route.command.input, idIn(route))]
  if (route.kind !== 'choice') return []
  return Array.from(route.choices, ([value, entry]) =>
    bodyOf(entry.command.input, { ...idIn(entry), [route.field]: fc.constant<Text>(value) }),
  )
}

function sketchOf(route: RouteEntry): fc.Arbitrary<RequestSketch> {
  const segments = route.path.split(/(:[A-Za-z0-9]+)/)
  const path = fc.tuple(...segments.map((segment) => (segment.startsWith(':') ? id : fc.constant<Text>(segment))))
  const bodies = bodiesOf(route)
  const body = bodies.length > 0 ? fc.oneof(...bodies) : fc.constant(undefined)
  return fc.record({
    method: fc.oneof(
      { weight: 12, arbitrary: fc.constant<string>(route.method) },
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE'),
    ),
    path,
    query: route.kind === 'list' ? fc.array(parameterOf(route), { maxLength: 3 }) : fc.constant([]),
    rawQuery: fc.oneof({ weight: 12, arbitrary: fc.constant('') }, rawQuery),
    headers: fewHeaders.map((some) => ({ 'content-type': 'application/json', 'x-api-key': testKey, ...some })),
    body,
    rawBody: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, rawBody),
  })
}

const elsewhere: fc.Arbitrary<RequestSketch> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'OPTIONS'),
  path: fc.array(
    fc.oneof(fc.constantFrom('/', '//', '/..', '/%', '/%2e%2e', '/%ff', '/tickets', ':id', '\\'), hostileText),
  ),
  query: fc.constant([]),
  rawQuery: rawQuery,
  headers,
  body: fc.constant(undefined),
  rawBody: fc.constant(undefined),
})

const inGraphql = (app: App): fc.Arbitrary<RequestSketch> =>
  fc.record({
    method: fc.oneof({ weight: 12, arbitrary: fc.constant('POST') }, fc.constantFrom('GET', 'PUT', 'OPTIONS')),
    path: fc.constant(['/graphql']),
    query: fc.constant([]),
    rawQuery: fc.oneof({ weight: 12, arbitrary: fc.constant('') }, rawQuery),
    headers: fewHeaders.map((some) => ({ 'content-type': 'application/json', 'x-api-key': testKey, ...some })),
    body: operationsTo(app),
    rawBody: fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, rawBody),
  })

/** Requests to an application: to each of its routes in all their variety, to the same in GraphQL, and past them. */
export function requestsTo(app: App): fc.Arbitrary<RequestSketch> {
  const routes = app.routes.map((route) => ({ weight: 6, arbitrary: sketchOf(route) }))
  const graphql = { weight: 2 * routes.length, arbitrary: inGraphql(app) }
  return fc.oneof(...routes, graphql, { weight: 1, arbitrary: elsewhere })
}
