import { type ChoiceEntry, type CommandEntry, jsonSchemaOf, type RouteEntry } from 'weir'
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
    case 'choice':
      return choiceSuccess(route, operationId, schemas)
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

function commandSuccess(entry: CommandEntry, operationId: string, schemas: Schemas): Json {
  return { [entry.status]: done(entry.status, [entry], [answerOf(entry, operationId, schemas)]) }
}

/** By status; what is chosen may be answered in several ways. */
function choiceSuccess({ choices }: ChoiceEntry, operationId: string, schemas: Schemas): Json {
  const answers: Record<number, Json> = {}
  for (const [status, entries] of Map.groupBy(choices.values(), (entry) => entry.status)) {
    const references = entries.map((entry) => answerOf(entry, operationId, schemas))
    const distinct = new Map(references.map((reference) => [JSON.stringify(reference), reference]))
    answers[status] = done(status, entries, [...distinct.values()])
  }
  return answers
}

function done(status: CommandEntry['status'], entries: readonly CommandEntry[], answers: readonly Json[]): Json {
  const hasTag = entries.some(({ respond }) => !respond)
  const isLocated = entries.some(({ location }) => location !== undefined)
  const headers = ['ConsistencyToken', ...(hasTag ? ['ETag'] : []), ...(isLocated ? ['Location'] : [])]
  const description = { 200: 'Done.', 201: 'Made.', 202: 'Accepted.' }[status]
  return response(description, headers, answers.length === 1 ? answers[0] : { anyOf: answers })
}

function answerOf({ respond }: CommandEntry, operationId: string, schemas: Schemas): Json {
  if (!respond) return schemas.add('Written', writtenSchema)
  return schemas.add(`${pascalCase(operationId)}Answer`, output(respond.schema))
}
