import { jsonSchemaOf } from 'weir'
import type * as z from 'zod'
import { operatorHeader } from '../guard/admit.ts'
import type { Json } from '../openapi/json.ts'
import { shared } from '../openapi/parameters.ts'
import { eventStream, jsonBody, problemReferences, response } from '../openapi/responses.ts'
import { Schemas } from '../openapi/schemas.ts'
import { keyInHeader } from '../openapi/security.ts'
import {
  operatorResponses,
  problemSchema,
  sharedHeaders,
  sharedParameters,
  sharedResponses,
} from '../openapi/shared.ts'
import { pascalCase } from '../openapi/words.ts'
import type { OpsRoute } from './operation.ts'
import { pageQuery } from './page.ts'
import { opsRoutes } from './routes.ts'

const SCHEME = 'operatorKey'
/** Parameters that turn pages, by name, as they are described for all lists. */
const TURNING: Readonly<Record<string, string>> = { limit: 'Limit', cursor: 'Cursor' }
const KEY = "An operator's key, good for everything, or a reader's, good for GET."

/** Describes the operations API: OpenAPI 3.1, from the table that serves it. */
export function opsDocument(): Json {
  const schemas = new Schemas()
  schemas.add('Problem', problemSchema)
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of opsRoutes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route, schemas)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Operations',
      version: '1',
      description: 'Read models, policies, timers, dead letters, and what is recorded.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(opsRoutes.map(tagOf))].map((name) => ({ name })),
    security: [{ [SCHEME]: [] }],
    paths,
    components: {
      schemas: schemas.toJson(),
      responses: { ...sharedResponses, ...operatorResponses },
      parameters: sharedParameters,
      headers: sharedHeaders,
      securitySchemes: { [SCHEME]: keyInHeader(operatorHeader, KEY) },
    },
  }
}

/** Operations are grouped by what follows the application's name. */
function tagOf({ path }: OpsRoute): string {
  return path.split('/')[3] ?? 'apps'
}

function operationOf(route: OpsRoute, schemas: Schemas): Json {
  const { id, summary, description, body } = route
  return {
    operationId: id,
    tags: [tagOf(route)],
    summary,
    ...(description !== undefined && { description }),
    parameters: parametersOf(route, schemas),
    ...(body && { requestBody: requestBody(id, body, schemas) }),
    responses: { ...success(route, schemas), ...problems(route) },
  }
}

function parametersOf({ path, query, list, live }: OpsRoute, schemas: Schemas): Json[] {
  const text = { type: 'string' }
  const inPath = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }))
  const shape: z.ZodRawShape = { ...query?.shape, ...(list?.page && pageQuery.shape) }
  const inQuery = Object.entries(shape).flatMap(([name, schema]) => {
    if (Object.hasOwn(TURNING, name)) return shared(TURNING[name] as string)
    const { description, ...rest } = schemas.inline(jsonSchemaOf(schema as z.ZodType, 'input'))
    return [{ name, in: 'query', description, schema: rest }]
  })
  return [...inPath, ...inQuery, ...(live ? shared('LastEventId') : [])]
}

function requestBody(id: string, body: z.ZodObject, schemas: Schemas): Json {
  const schema = jsonSchemaOf(body, 'input')
  if (Object.keys(body.shape).length === 0) return jsonBody(schemas.inline(schema), false)
  return jsonBody(schemas.add(`${pascalCase(id)}Input`, schema), true)
}

function success({ status = 200, answer, list, live, location }: OpsRoute, schemas: Schemas): Json {
  const schema = schemas.add(answer.name, jsonSchemaOf(answer.schema, 'output'))
  if (live) return { [status]: eventStream(live.events) }
  const headers = [...(list?.page || list?.turned ? ['Link'] : []), ...(location === undefined ? [] : ['Location'])]
  const words = status === 202 ? 'Under way.' : list ? 'The list.' : 'Done.'
  return { [status]: response(words, headers, list ? { type: 'array', items: schema } : schema) }
}

function problems({ method, path, body, live }: OpsRoute): Json {
  return problemReferences({
    400: 'BadRequest',
    401: 'OperatorKeyMissing',
    403: 'OperatorKeyWrong',
    ...(path.includes(':') && { 404: 'NotFound' }),
    ...(live && { 406: 'NotAcceptable' }),
    ...(method !== 'GET' && { 409: 'NotPossible' }),
    ...(body && { 413: 'BodyTooLarge', 415: 'UnsupportedMediaType' }),
    500: 'Failure',
    503: 'Unavailable',
  })
}
