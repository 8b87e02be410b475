import { type AnyCommand, type CommandEntry, jsonSchemaOf, type RouteEntry } from 'weir'
import * as z from 'zod'
import { rebuildInput } from '../rest/rebuild.ts'
import type { Json } from './json.ts'
import { parametersOf } from './parameters.ts'
import { jsonBody, problemReferences } from './responses.ts'
import type { Schemas } from './schemas.ts'
import { apiKeyScheme } from './security.ts'
import { success } from './success.ts'
import { pascalCase, sentenceCase } from './words.ts'

/** Describes one route. */
export function operationOf(route: RouteEntry, operationId: string, schemas: Schemas): Json {
  const { summary, description, guard } = route
  return {
    operationId,
    tags: [tagOf(route)],
    summary: summary ?? sentenceCase(operationId),
    ...(description !== undefined && { description }),
    ...(guard && { security: [{ [apiKeyScheme]: [] }] }),
    parameters: parametersOf(route, schemas),
    ...(route.kind === 'command' && { requestBody: requestBody(route, operationId, schemas) }),
    ...(route.kind === 'rebuild' && {
      requestBody: jsonBody(schemas.inline(jsonSchemaOf(rebuildInput, 'input')), false),
    }),
    responses: { ...success(route, operationId, schemas), ...problems(route) },
  }
}

/** Routes are grouped by the first part of their path. */
export function tagOf({ path }: RouteEntry): string {
  return path.split('/')[1] as string
}

function requestBody(route: CommandEntry, operationId: string, schemas: Schemas): Json {
  const { command, idFrom } = route
  const input: Json = jsonSchemaOf(inputOf(command), 'input')
  const schema = idFrom.source === 'body' ? withId(input, idFrom.name) : input
  const required = idFrom.source === 'body' || !command.input.safeParse({}).success
  return jsonBody(schemas.add(`${pascalCase(operationId)}Input`, schema), required)
}

/** What a command takes. Of a raw aggregate's append also what is known of its types, before any other one. */
function inputOf({ aggregate, input }: AnyCommand): z.ZodType {
  const types = Object.entries(aggregate.raw ? aggregate.events : {})
  if (types.length === 0) return input
  const known = types.map(([type, data]) => z.object({ type: z.literal(type), data }).meta({ title: type }))
  return z.union([...known, input.meta({ title: 'any other type' })])
}

function withId(input: Json, field: string): Json {
  if ('anyOf' in input) return { ...input, anyOf: (input.anyOf as Json[]).map((variant) => withId(variant, field)) }
  const { properties = {}, required = [] } = input as { properties?: Json; required?: readonly string[] }
  return { ...input, properties: { [field]: { type: 'string' }, ...properties }, required: [field, ...required] }
}

function problems(route: RouteEntry): Json {
  const takesBody = route.kind === 'command' || route.kind === 'rebuild'
  return problemReferences({
    ...(route.kind !== 'constant' && route.kind !== 'progress' && { 400: 'BadRequest' }),
    ...(route.guard && { 401: 'KeyMissing', 403: 'KeyWrong' }),
    ...((route.kind === 'get' || route.parameters.length > 0) && { 404: 'NotFound' }),
    ...(route.kind === 'rebuild' && { 409: 'NotPossible' }),
    ...(route.kind === 'command' && route.idFrom.source !== 'new' && { 412: 'VersionMismatch' }),
    ...(takesBody && { 413: 'BodyTooLarge', 415: 'UnsupportedMediaType' }),
    ...(route.kind === 'command' && { 422: 'KeyReused', '4XX': 'Rejected' }),
    500: 'Failure',
    ...(route.kind !== 'constant' && { 503: 'Unavailable' }),
  })
}
