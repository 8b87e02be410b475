import { createHash } from 'node:crypto'
import type { AnyProjection } from 'weir'
import { type Problem, problem } from '../problems/problem.ts'

/** What an `If-Match` header asks for: the thing being there, one of these versions, or nothing. */
export type IfMatch = 'present' | readonly number[] | undefined

const TAGS = /^(?:\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,|$))+$/
const TAG = /(W\/)?"([^"]*)"/g
const VERSION = /^([1-9]\d{0,14})(?:-[\w-]+)?$/

/** Stands for tags that no version has; with it the command's other faults are still found first. */
const NEVER = Number.MAX_SAFE_INTEGER

/** Reads `If-Match` (RFC 9110). Comparison is strong: a weak tag matches nothing, nor does one that is not a version. */
export function parseIfMatch(header: string | undefined): IfMatch | Problem {
  if (header === undefined) return undefined
  if (header.trim() === '*') return 'present'
  if (!TAGS.test(header)) return problem('malformed-if-match', { detail: 'It has to be "<version>" or *.' })
  const versions: number[] = []
  for (const [, weak, tag = ''] of header.matchAll(TAG)) {
    const version = VERSION.exec(tag)?.[1]
    if (version && !weak) versions.push(Number(version))
  }
  return versions.length > 0 ? versions : [NEVER]
}

/** Whether `If-None-Match` names this tag. Comparison is weak. */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  for (const [tag] of header.matchAll(TAG)) if (tag === etag || tag === `W/${etag}`) return true
  return false
}

/** The tag of a document of this projection, given its version and its JSON. */
export type TagOf = (version: number, json: string) => string

/**
 * How documents of a projection are tagged: `"<version>"`, or `"<version>-<hash>"` where other streams than the one that
 * is versioned can change a document. `If-Match` takes both.
 */
export function tagsOf(projection: AnyProjection): TagOf {
  return isFedByOneStream(projection) ? (version) => `"${version}"` : (version, json) => `"${version}-${hash(json)}"`
}

/** `create` always stands for the aggregate's own id, so that handlers which share its target share its stream. */
function isFedByOneStream({ handlers }: AnyProjection): boolean {
  const creator = handlers.find(({ kind }) => kind === 'create')
  return handlers.every(
    ({ aggregate, documentId }) => aggregate === creator?.aggregate && documentId === creator.documentId,
  )
}

function hash(json: string): string {
  return createHash('sha1').update(json).digest('base64url').slice(0, 11)
}
