import { reject } from 'weir'
import { type Problem, problem, problemBody, rejectionProblem } from '../problems/problem.ts'
import type { Json } from './json.ts'

/** What all documents have in common: problems, headers and parameters that every application speaks. */

const text = { type: 'string' }

/** What an accepted command answers if its route says nothing else. */
export const writtenSchema: Json = {
  type: 'object',
  description: 'What was written, and its version now.',
  properties: { id: text, version: { type: 'integer', minimum: 0 } },
  required: ['id', 'version'],
}

export const problemSchema: Json = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Names the kind of problem; stable.' },
    title: { type: 'string', description: 'One sentence for people.' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'The last part of `type`; stable.' },
    detail: { type: 'string', description: 'What was wrong this time.' },
    errors: {
      type: 'array',
      description: 'Which fields or parameters were wrong.',
      items: { type: 'object', properties: { field: text, message: text }, required: ['field', 'message'] },
    },
    requestId: { type: 'string', description: 'Under which the fault stands in the log.' },
  },
  required: ['type', 'title', 'status', 'code'],
}

const responseHeader = (description: string, schema: Json = text): Json => ({ description, schema })

export const sharedHeaders: Json = {
  ConsistencyToken: responseHeader('Send it as `Consistency-Token` with a read to see this write.'),
  ConsistencyStatus: responseHeader('Whether the read reflects the tokens that it bore.', {
    type: 'string',
    enum: ['reached', 'timed-out', 'parked'],
  }),
  ETag: responseHeader('The version, in quotes: for `If-Match` and `If-None-Match`.'),
  Link: responseHeader('`rel="next"` leads to the next page, if there is one (RFC 8288).'),
  Location: responseHeader('Where it can be read.'),
  RetryAfter: responseHeader('Seconds after which trying again makes sense.', { type: 'integer' }),
  RequestId: responseHeader('Names this request in the logs: the `X-Request-Id` sent, else a new one.'),
}

const headerParameter = (name: string, description: string, schema: Json = text): Json => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
})

export const sharedParameters: Json = {
  IdempotencyKey: headerParameter(
    'Idempotency-Key',
    'Repeated with the same key, a request has one effect and one answer.',
    {
      type: 'string',
      minLength: 1,
      maxLength: 255,
    },
  ),
  IfMatch: headerParameter('If-Match', 'Only if it is still at this version, such as `"3"`; `*`: only if it is there.'),
  IfNoneMatch: headerParameter('If-None-Match', 'An ETag: 304 if it is still the current one.'),
  ConsistencyToken: headerParameter(
    'Consistency-Token',
    'Tokens of writes, joined with commas, that the answer shall reflect.',
  ),
  Prefer: headerParameter(
    'Prefer',
    '`wait=<seconds>` (at most 30) for the tokens; `handling=strict`: 503 if that is not enough.',
  ),
  Limit: {
    name: 'limit',
    in: 'query',
    description: 'How many at most.',
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  },
  LastEventId: headerParameter('Last-Event-ID', 'The id of the last event that was received, to go on behind it.'),
  Cursor: { name: 'cursor', in: 'query', description: 'From the link to the next page.', schema: text },
}

const problemResponse = (description: string, example: Problem, headers: Json = {}): Json => ({
  description,
  headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' }, ...headers },
  content: {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example: problemBody(example) },
  },
})

const invalid = problem('invalid-input', { errors: [{ field: 'email', message: 'Invalid email address' }] })
const rejected = rejectionProblem('shop', reject('sold-out', 'No tickets available'))
const retryAfter: Json = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }

export const sharedResponses: Json = {
  BadRequest: problemResponse('The request is malformed or not valid; `errors` names the fields.', invalid),
  NotFound: problemResponse('There is no such thing.', problem('not-found')),
  Rejected: problemResponse('The application says no; `code` tells why. Nothing was changed.', rejected),
  VersionMismatch: problemResponse('It has changed since it was read.', problem('version-mismatch')),
  BodyTooLarge: problemResponse('The body is too large, or what is to be recorded.', problem('body-too-large')),
  UnsupportedMediaType: problemResponse('The body has to be JSON.', problem('unsupported-media-type')),
  KeyReused: problemResponse('The Idempotency-Key was used for another request.', problem('idempotency-key-reused')),
  NotAcceptable: problemResponse('Ask for `text/event-stream`.', problem('not-acceptable')),
  NotPossible: problemResponse('It cannot be done as things stand; `detail` tells why.', problem('not-possible')),
  Unavailable: problemResponse('Not now.', problem('unavailable'), retryAfter),
  Failure: problemResponse('Something is broken on the side of the server.', problem('internal-error')),
}

const authenticate: Json = { 'WWW-Authenticate': responseHeader('Names the header that the key belongs in.') }

/** Of documents with routes that need a key. */
export const keyResponses: Json = {
  KeyMissing: problemResponse('No key was sent.', problem('api-key-missing'), authenticate),
  KeyWrong: problemResponse('The key that was sent is not one.', problem('api-key-wrong')),
}

/** Of the operations API. */
export const operatorResponses: Json = {
  OperatorKeyMissing: problemResponse('No key was sent.', problem('operator-key-missing'), authenticate),
  OperatorKeyWrong: problemResponse('The key is not one, or not good for this.', problem('operator-key-needed')),
}
