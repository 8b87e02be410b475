import type { Changes, Partition, SeenDocument, StoredDocument } from 'weir/ports'
import type { Documents } from './documents.ts'
import type { Holding } from './holdings.ts'
import { cutId, cutKey, isLong, toKey } from './key.ts'
import { toKey as eventKey, toStored } from './waiting.ts'

/** Between documents: no JSON holds it as it is. */
const separator = '\u001e'

interface Live extends StoredDocument {
  readonly body: string
}

/** What the function `save` takes, in its order. */
export function saveParameters(
  { model, number, partition }: Partition,
  { lease, saves }: Holding,
  changes: Changes,
  { tables, indexes }: Documents,
): unknown[] {
  const documents = [...new Map(changes.documents.map((document) => [document.id, document])).values()]
  const seen = changes.seen ?? []
  const absent = seen.filter(({ stored }) => stored === undefined).map(({ id }) => id)
  const { made, known, passing, revived } = sortOut(documents.filter(isLive), seen)
  return [
    ...[model, number, partition, lease, saves ?? null, changes.cursor, tables.live, tables.gone],
    ...documentColumns([...made, ...known], indexes),
    ...seenColumns(
      seen
        .map(({ stored }) => stored)
        .filter((stored) => stored !== undefined)
        .filter(isLive),
    ),
    absent.map(cutId),
    made.length,
    more(changes, seen, documents, { passing, revived }),
  ]
}

interface SortedOut {
  /** What is inserted, in order of id: what was not seen as a document, and is one now. */
  readonly made: readonly Live[]
  readonly known: readonly Live[]
  /** What was not there and is not to be there either, as the function locks it: by a document that goes again. */
  readonly passing: readonly Live[]
  /** What was a tombstone. */
  readonly revived: readonly Live[]
}

function sortOut(live: readonly Live[], seen: readonly SeenDocument[]): SortedOut {
  const notLive = new Map(seen.filter(({ stored }) => !(stored && isLive(stored))).map((each) => [each.id, each]))
  const kept = new Set(live.map(({ id }) => id))
  const passing = [...notLive.values()]
    .filter(({ id, stored }) => stored === undefined && !kept.has(id))
    .map(({ id }) => ({ id, body: '{}', stream: '', version: 0 }))
  return {
    made: [...live.filter(({ id }) => notLive.has(id)), ...passing].toSorted(byId),
    known: live.filter(({ id }) => !notLive.has(id)).toSorted(byId),
    passing,
    revived: live.filter(({ id }) => notLive.get(id)?.stored !== undefined),
  }
}

function documentColumns(documents: readonly Live[], indexes: readonly string[]): unknown[] {
  const keys = documents.map(({ body }) => keysOf(body, indexes))
  const wholes = documents.map(({ id }, index) => whole(id, keys[index] ?? []))
  return [
    documents.map(({ id }) => cutId(id)),
    documents.map(({ body }) => body).join(separator),
    documents.map(({ stream }) => stream),
    documents.map(({ version }) => version),
    wholes.some((each) => each !== null) ? wholes.map((each) => each && JSON.stringify(each)) : null,
    indexes.flatMap((_, index) => keys.map((each) => cutKey(each[index] ?? ''))),
  ]
}

function seenColumns(seen: readonly Live[]): unknown[] {
  return [
    seen.map(({ id }) => cutId(id)),
    seen.map(({ body }) => body).join(separator),
    seen.map(({ stream }) => stream),
    seen.map(({ version }) => version),
  ]
}

/** All that is rare, as JSON; what is empty is left out, and null when all is. */
function more(
  { settled, purged = [], waiting, discarded = [] }: Changes,
  seen: readonly SeenDocument[],
  documents: readonly StoredDocument[],
  { passing, revived }: Pick<SortedOut, 'passing' | 'revived'>,
): string | null {
  const seenGone = seen.map(({ stored }) => stored).filter((stored) => stored !== undefined && !isLive(stored))
  const parts = {
    seenGone: seenGone.map((stored) => ({ ...stored, id: cutId(stored?.id ?? '') })),
    passing: passing.map(({ id }) => cutId(id)),
    revived: revived.map(({ id }) => cutId(id)),
    purged: purged.map(cutId),
    buried: documents.filter((each) => !isLive(each)).map(toBuried),
    settled: settled.map(eventKey),
    waiting: [...new Map(waiting.map((event) => [eventKey(event), toStored(event)])).values()],
    discarded: discarded.map(toStored),
  }
  const filled = Object.entries(parts).filter(([, part]) => part.length > 0)
  return filled.length > 0 ? JSON.stringify(Object.fromEntries(filled)) : null
}

function toBuried({ id, stream, version }: StoredDocument): object {
  return { id: cutId(id), stream, version, whole: whole(id, []) }
}

function keysOf(body: string, indexes: readonly string[]): string[] {
  if (indexes.length === 0) return []
  const fields: Record<string, unknown> = JSON.parse(body)
  return indexes.map((field) => toKey(fields[field]))
}

/** The id and the keys that are too long for an index; null when none is. */
function whole(id: string, keys: readonly string[]): (string | null)[] | null {
  const all = [id, ...keys]
  return all.some(isLong) ? all.map((text) => (isLong(text) ? text : null)) : null
}

function isLive(document: StoredDocument): document is Live {
  return document.body !== undefined
}

function byId(a: StoredDocument, b: StoredDocument): number {
  return a.id < b.id ? -1 : Number(a.id > b.id)
}
