import { ScanCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from './batch-get.ts'
import { type CommitKey, commitKeyOf, lastVersion } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import type { Placer } from './placer.ts'

/** Into how many segments the table is divided, which are read side by side. */
const segments = 4

/** Where a segment is to be gone on from; `done` when it was read to its end. */
type SegmentPlace = Item | 'start' | 'done'

/**
 * Places what of the table of events nobody has placed, however old it is. It reads the whole table.
 *
 * @param from what an earlier call that was stopped has left; by default, all
 * @returns what is left when `signal` stopped it, as text; undefined when all is done
 */
export async function reconcile(
  dynamo: Dynamo,
  placer: Placer,
  { from, signal }: { readonly from?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<string | undefined> {
  const places: SegmentPlace[] = from === undefined ? Array(segments).fill('start') : JSON.parse(from)
  const left = await Promise.all(
    places.map(async (begin, segment) => {
      let place = begin
      while (place !== 'done' && !signal?.aborted) place = await next(dynamo, placer, place, segment, places.length)
      return place
    }),
  )
  return left.every((place) => place === 'done') ? undefined : JSON.stringify(left)
}

async function next(
  dynamo: Dynamo,
  placer: Placer,
  place: Item | 'start',
  segment: number,
  of: number,
): Promise<SegmentPlace> {
  const { Items = [], LastEvaluatedKey } = await dynamo.send(
    new ScanCommand({
      TableName: dynamo.tables.events,
      Segment: segment,
      TotalSegments: of,
      ProjectionExpression: 'S, N, n, s',
      ...(place !== 'start' && { ExclusiveStartKey: place }),
    }),
  )
  await placer.placeMissing(newestOf(Items.map(commitKeyOf)))
  return LastEvaluatedKey ?? 'done'
}

/** The last commit of each stream: those before it are placed with it. */
function newestOf(commits: readonly CommitKey[]): CommitKey[] {
  const newest = new Map<string, CommitKey>()
  for (const commit of commits) {
    const other = newest.get(commit.stream)
    if (!other || lastVersion(other) < commit.version) newest.set(commit.stream, commit)
  }
  return [...newest.values()]
}
