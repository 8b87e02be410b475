const ETAG = Symbol('etag')

/** What a command may insist on: the version of an answer, its tag, or the number of a version. */
export type Versioned = object | string | number

/** Remembers the tag of an answer with it, where neither JSON nor a loop over its fields will find it. */
export function tagged<Answer>(answer: Answer, etag: string | null): Answer {
  if (etag !== null && typeof answer === 'object' && answer !== null) {
    Object.defineProperty(answer, ETAG, { value: etag })
  }
  return answer
}

/**
 * The tag of the version that the client was answered: of a document, or of what a command has made of it. A copy of an
 * answer has none.
 */
export function etagOf(answer: object): string | undefined {
  return (answer as { readonly [ETAG]?: string })[ETAG]
}

/** The value of `If-Match`. */
export function ifMatchOf(versioned: Versioned): string {
  if (typeof versioned === 'number') return `"${versioned}"`
  const etag = typeof versioned === 'string' ? versioned : etagOf(versioned)
  if (etag === undefined)
    throw new TypeError('ifMatch has to be what the client answered (no copy), a tag, or a version')
  return etag
}
