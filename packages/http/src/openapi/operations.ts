import { type CommandEntry, commandEntriesOf, jsonSchemaOf, type RouteEntry } from 'weir'
import { rebuildInput } from '../rest/rebuild.ts'
import { choiceBody } from './choice.ts'
import { inputSchema } from './input.ts'
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
    ...(route.kind === 'choice' && { requestBody: choiceBody(route, operationId, schemas) }),
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
  const required = route.idFrom.source === 'body' || !route.command.input.safeParse({}).success
  return jsonBody(schemas.add(`${pascalCase(operationId)}Input`, inputSchema(route)), required)
}

function problems(route: RouteEntry): Json {
  const commands = commandEntriesOf(route)
  const takesBody = commands.length > 0 || route.kind === 'rebuild'
  return problemReferences({
    ...(route.kind !== 'constant' && route.kind !== 'progress' && { 400: 'BadRequest' }),
    ...(route.guard && { 401: 'KeyMissing', 403: 'KeyWrong' }),
    ...((route.kind === 'get' || route.parameters.length > 0) && { 404: 'NotFound' }),
    ...(route.kind === 'rebuild' && { 409: 'NotPossible' }),
    ...(commands.some(({ idFrom }) => idFrom.source !== 'new') && { 412: 'VersionMismatch' }),
    ...(takesBody && { 413: 'BodyTooLarge', 415: 'UnsupportedMediaType' }),
    ...(commands.length > 0 && { 422: 'KeyReused', '4XX': 'Rejected' }),
    500: 'Failure',
    ...(route.kind !== 'constant' && { 503: 'Unavailable' }),
  })
}
