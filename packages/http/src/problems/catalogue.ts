/** What all problems with one code have in common. */
export interface ProblemKind {
  readonly status: number
  /** One sentence for people; the same at every occurrence. */
  readonly title: string
}

/** Codes are stable: callers may branch on them. */
export type ProblemCode =
  | 'malformed-request'
  | 'malformed-url'
  | 'malformed-json'
  | 'incomplete-body'
  | 'invalid-input'
  | 'invalid-query'
  | 'malformed-graphql'
  | 'invalid-graphql'
  | 'unknown-operation'
  | 'query-too-deep'
  | 'query-too-costly'
  | 'malformed-idempotency-key'
  | 'malformed-if-match'
  | 'malformed-consistency-token'
  | 'foreign-consistency-token'
  | 'malformed-cursor'
  | 'other-sort'
  | 'bad-limit'
  | 'unknown-index'
  | 'reason-missing'
  | 'api-key-missing'
  | 'operator-key-missing'
  | 'api-key-wrong'
  | 'operator-key-wrong'
  | 'operator-key-needed'
  | 'unknown-route'
  | 'not-found'
  | 'unknown-consumer'
  | 'no-dead-letter'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'not-possible'
  | 'version-mismatch'
  | 'body-too-large'
  | 'command-too-large'
  | 'unsupported-media-type'
  | 'idempotency-key-reused'
  | 'internal-error'
  | 'not-representable'
  | 'answer-too-large'
  | 'not-current'
  | 'unavailable'

/** Every problem that Weir itself answers. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'malformed-url': { status: 400, title: 'The address cannot be read' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'incomplete-body': { status: 400, title: 'The body ended too early' },
  'invalid-input': { status: 400, title: 'The input is not valid' },
  'invalid-query': { status: 400, title: 'The query string is not valid' },
  'malformed-graphql': { status: 400, title: 'This is no GraphQL request' },
  'invalid-graphql': { status: 400, title: 'The GraphQL document is not valid' },
  'unknown-operation': { status: 400, title: 'The document has no such operation' },
  'query-too-deep': { status: 400, title: 'The query is nested too deeply' },
  'query-too-costly': { status: 400, title: 'The query asks for too much at once' },
  'malformed-idempotency-key': { status: 400, title: 'The Idempotency-Key is not one' },
  'malformed-if-match': { status: 400, title: 'The If-Match header cannot be read' },
  'malformed-consistency-token': { status: 400, title: 'The Consistency-Token is not one' },
  'foreign-consistency-token': { status: 400, title: 'The Consistency-Token is of another store' },
  'malformed-cursor': { status: 400, title: 'The cursor is not one' },
  'other-sort': { status: 400, title: 'The cursor is of a list in another order' },
  'bad-limit': { status: 400, title: 'The limit is not one' },
  'unknown-index': { status: 400, title: 'The list cannot be filtered or sorted on this field' },
  'reason-missing': { status: 400, title: 'A reason has to be given' },
  'api-key-missing': { status: 401, title: 'This needs an API key' },
  'operator-key-missing': { status: 401, title: 'This needs the key of an operator or reader' },
  'api-key-wrong': { status: 403, title: 'The API key is not one' },
  'operator-key-wrong': { status: 403, title: "The key is neither an operator's nor a reader's" },
  'operator-key-needed': { status: 403, title: 'This needs the key of an operator' },
  'unknown-route': { status: 404, title: 'There is nothing at this address' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'unknown-consumer': { status: 404, title: 'There is no such projection or policy' },
  'no-dead-letter': { status: 404, title: 'There is no such dead letter' },
  'method-not-allowed': { status: 405, title: 'This address does not take this method' },
  'not-acceptable': { status: 406, title: 'It cannot be answered in the form that is asked for' },
  'not-possible': { status: 409, title: 'This cannot be done as things stand' },
  'version-mismatch': { status: 412, title: 'It has changed since it was read' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'command-too-large': { status: 413, title: 'The command is too large to be recorded' },
  'unsupported-media-type': { status: 415, title: 'The body has to be JSON' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'internal-error': { status: 500, title: 'Something is broken on our side' },
  'not-representable': { status: 500, title: 'GraphQL cannot represent what there is' },
  'answer-too-large': { status: 500, title: 'The answer is too large to be sent' },
  'not-current': { status: 503, title: 'The answer would not be current yet' },
  unavailable: { status: 503, title: 'The service cannot do this now' },
}
