import type { App } from 'weir'
import type { Json } from './json.ts'
import { operationIds } from './operation-ids.ts'
import { operationOf, tagOf } from './operations.ts'
import { Schemas } from './schemas.ts'
import { securitySchemes } from './security.ts'
import { keyResponses, problemSchema, sharedHeaders, sharedParameters, sharedResponses } from './shared.ts'

/**
 * Describes an application's REST interface: OpenAPI 3.1, derived from its route table and schemas.
 *
 * @param base where the application is served: `''` or a path such as `/box-office`
 */
export function openApiDocument(app: App, base = ''): Json {
  const schemas = new Schemas()
  schemas.add('Problem', problemSchema)
  const security = securitySchemes(app.routes)
  const ids = operationIds(app.routes)
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of app.routes) {
    const path = route.path.replace(/:([A-Za-z0-9]+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route, ids.get(route) as string, schemas)
  }
  return {
    openapi: '3.1.1',
    info: { title: app.title, version: '1', ...(app.description !== undefined && { description: app.description }) },
    servers: [{ url: base || '/' }],
    tags: [...new Set(app.routes.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.toJson(),
      responses: { ...sharedResponses, ...(security && keyResponses) },
      parameters: sharedParameters,
      headers: sharedHeaders,
      ...(security && { securitySchemes: security }),
    },
  }
}
