import { type CommandEntry, jsonSchemaOf, type RouteEntry } from 'weir'
import { progressAnswer, rebuildAnswer } from '../rest/rebuild.ts'
import type { Json } from './json.ts'
import { orLive, response } from './responses.ts'
import type { Schemas } from './schemas.ts'
import { writtenSchema } from './shared.ts'
import { pascalCase, singular } from './words.ts'

/** Describes what a route answers when all is well, by status. */
export function success(route: RouteEntry, operationId: string, schemas: Schemas): Json {
  const documentSchema = (projection: { readonly name: string; readonly schema: CommandEntry['command']['input'] }) =>
    schemas.add(pascalCase(singular(projection.name)), jsonSchemaOf(projection.schema, 'output'))
  switch (route.kind) {
    case 'command':
      return commandSuccess(route, operationId, schemas)
    case 'get':
      return liveAnswers(documentAnswers(['ETag', 'ConsistencyStatus'], documentSchema(route.projection)))
    case 'list': {
      const items = documentSchema(route.projection)
      return liveAnswers({ 200: response('One page.', ['Link', 'ConsistencyStatus'], { type: 'array', items }) })
    }
    case 'constant':
      return documentAnswers(['ETag'], schemas.add(`${pascalCase(operationId)}Answer`, output(route.schema)))
    case 'rebuild': {
      const headers = route.location === undefined ? [] : ['Location']
      return { 202: response('Under way.', headers, schemas.add('Rebuild', output(rebuildAnswer))) }
    }
    case 'progress':
      return { 200: response('How far it has come.', [], schemas.add('RebuildProgress', output(progressAnswer))) }
  }
}

function liveAnswers(answers: Json): Json {
  return { ...answers, 200: orLive(answers[200] as Json) }
}

function documentAnswers(headers: readonly string[], schema: Json): Json {
  return { 200: response('The document.', headers, schema), 304: response('Not changed.', headers) }
}

const output = (schema: CommandEntry['command']['input']): Json => jsonSchemaOf(schema, 'output')

function commandSuccess({ respond, location, status }: CommandEntry, operationId: string, schemas: Schemas): Json {
  const schema = respond
    ? schemas.add(`${pascalCase(operationId)}Answer`, output(respond.schema))
    : schemas.add('Written', writtenSchema)
  const headers = ['ConsistencyToken', ...(respond ? [] : ['ETag']), ...(location === undefined ? [] : ['Location'])]
  const description = { 200: 'Done.', 201: 'Made.', 202: 'Accepted.' }[status]
  return { [status]: response(description, headers, schema) }
}
