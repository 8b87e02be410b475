import type { AnyProjection } from '../../definitions/index.ts'
import type { StoredDocument } from '../../ports/index.ts'
import { isAggregateId, streamOf } from '../stream-name.ts'

const MOST_IDS = 100

/**
 * The streams that a document may be made from, of those that can be guessed from the document: the one that created it,
 * and those of the projection's aggregates that have its id, or an id that stands in it as text.
 */
export function sourcesOf(projection: AnyProjection, id: string, stored: StoredDocument | undefined): string[] {
  const aggregates = [...new Set(projection.handlers.map(({ aggregate }) => aggregate))]
  const texts = textsIn(stored?.body === undefined ? undefined : JSON.parse(stored.body))
  const ids = [...new Set([id, ...texts])].filter(isAggregateId).slice(0, MOST_IDS)
  const named = ids.flatMap((each) => aggregates.map((aggregate) => streamOf(aggregate, each)))
  return [...new Set([...(stored ? [stored.stream] : []), ...named])]
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
