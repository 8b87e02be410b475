import { type CommandEntry, jsonSchemaOf, type RouteEntry } from 'weir'
import type { Json } from './json.ts'
import { parametersOf } from './parameters.ts'
import type { Schemas } from './schemas.ts'
import { writtenSchema } from './shared.ts'
import { pascalCase, sentenceCase, singular } from './words.ts'

/** Describes one route. */
export function operationOf(route: RouteEntry, operationId: string, schemas: Schemas): Json {
  const { summary, description } = route
  return {
    operationId,
    tags: [tagOf(route)],
    summary: summary ?? sentenceCase(operationId),
    ...(description !== undefined && { description }),
    parameters: parametersOf(route, schemas),
    ...(route.kind === 'command' && { requestBody: requestBody(route, operationId, schemas) }),
    responses: { ...success(route, operationId, schemas), ...problems(route) },
  }
}

/** Routes are grouped by the first part of their path. */
export function tagOf({ path }: RouteEntry): string {
  return path.split('/')[1] as string
}

function requestBody(route: CommandEntry, operationId: string, schemas: Schemas): Json {
  const { command, idFrom } = route
  const input: Json = jsonSchemaOf(command.input, 'input')
  const schema = idFrom.source === 'body' ? withId(input, idFrom.name) : input
  const required = idFrom.source === 'body' || !command.input.safeParse({}).success
  const name = `${pascalCase(operationId)}Input`
  return { required, content: { 'application/json': { schema: schemas.add(name, schema) } } }
}

function withId(input: Json, field: string): Json {
  const { properties = {}, required = [] } = input as { properties?: Json; required?: readonly string[] }
  return { ...input, properties: { [field]: { type: 'string' }, ...properties }, required: [field, ...required] }
}

function success(route: RouteEntry, operationId: string, schemas: Schemas): Json {
  if (route.kind === 'command') return commandSuccess(route, operationId, schemas)
  const document = schemas.add(
    pascalCase(singular(route.projection.name)),
    jsonSchemaOf(route.projection.schema, 'output'),
  )
  if (route.kind === 'list') {
    const page = response('One page.', ['Link', 'ConsistencyStatus'], { type: 'array', items: document })
    return { 200: page }
  }
  return {
    200: response('The document.', ['ETag', 'ConsistencyStatus'], document),
    304: response('Not changed.', ['ETag', 'ConsistencyStatus']),
  }
}

function commandSuccess({ respond, location, status }: CommandEntry, operationId: string, schemas: Schemas): Json {
  const schema = respond
    ? schemas.add(`${pascalCase(operationId)}Answer`, jsonSchemaOf(respond.schema, 'output'))
    : schemas.add('Written', writtenSchema)
  const headers = ['ConsistencyToken', ...(respond ? [] : ['ETag']), ...(location === undefined ? [] : ['Location'])]
  const description = { 200: 'Done.', 201: 'Made.', 202: 'Accepted.' }[status]
  return { [status]: response(description, headers, schema) }
}

const headerNames: Readonly<Record<string, string>> = {
  ConsistencyStatus: 'Consistency-Status',
  ConsistencyToken: 'Consistency-Token',
  RequestId: 'X-Request-Id',
}

function response(description: string, headers: readonly string[], schema?: Json): Json {
  const references = [...headers, 'RequestId'].map((key) => [
    headerNames[key] ?? key,
    { $ref: `#/components/headers/${key}` },
  ])
  return {
    description,
    headers: Object.fromEntries(references),
    ...(schema && { content: { 'application/json': { schema } } }),
  }
}

function problems(route: RouteEntry): Json {
  const names: Record<string, string> = { 400: 'BadRequest' }
  if (route.kind === 'get' || route.parameters.length > 0) names['404'] = 'NotFound'
  if (route.kind === 'command') {
    if (route.idFrom.source !== 'new') names['412'] = 'VersionMismatch'
    Object.assign(names, { 413: 'BodyTooLarge', 415: 'UnsupportedMediaType', 422: 'KeyReused', '4XX': 'Rejected' })
  }
  Object.assign(names, { 500: 'Failure', 503: 'Unavailable' })
  return Object.fromEntries(
    Object.entries(names).map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
  )
}
