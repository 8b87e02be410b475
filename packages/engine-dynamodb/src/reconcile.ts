import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { type CommitKey, commitKeyOf, lastVersion } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import type { LostRecords } from './lost-records.ts'
import { isWhole, newPass, type Pass, type SegmentPlace } from './pass.ts'
import type { Placer } from './placer.ts'

/** After how many pages of the table, of a megabyte each, it is noted how far it was read. */
const pagesBetweenNotes = 100

/** What is needed to read the table of events, and to place what it holds. */
export interface ReconcileServices {
  readonly dynamo: Dynamo
  readonly placer: Placer
  readonly lost: LostRecords | undefined
}

interface ReconcileOptions {
  /** What an earlier call has left that was stopped; by default, all. */
  readonly from?: Pass | undefined
  readonly signal?: AbortSignal | undefined
  /** Is told now and then how far the table was read, so that another process can go on from there. */
  readonly note?: (pass: Pass) => Promise<void>
}

/**
 * Places what of the table of events nobody has placed, however old it is, and puts back what a restored index has lost. It
 * reads the whole table, segments side by side.
 *
 * @returns how far the table was read: not to its end, when `signal` stopped it
 */
export async function reconcile(
  services: ReconcileServices,
  { from = newPass, signal, note = async () => {} }: ReconcileOptions = {},
): Promise<Pass> {
  const segments = [...from.segments]
  let read = from.read
  let pages = 0
  const readSegment = async (segment: number) => {
    for (let place = segments[segment]; place && place !== 'done' && !signal?.aborted; place = segments[segment]) {
      const page = await readPage(services, place, segment, segments.length)
      segments[segment] = page.next
      read += page.read
      pages += 1
      if (pages % pagesBetweenNotes === 0) await note({ segments: [...segments], read })
    }
  }
  await Promise.all([...segments.keys()].map(readSegment))
  const pass = { segments, read }
  if (isWhole(pass)) await services.lost?.end()
  return pass
}

async function readPage(
  { dynamo, placer }: ReconcileServices,
  place: Exclude<SegmentPlace, 'done'>,
  segment: number,
  of: number,
): Promise<{ readonly next: SegmentPlace; readonly read: number }> {
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
  return { next: LastEvaluatedKey ?? 'done', read: Items.length }
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
