import type { Item } from './batch-get.ts'
import type { CommitKey } from './commits.ts'

/** A commit in a page. */
export interface Entry extends CommitKey {
  /** Where the commit of its stream stands that was placed before it; undefined: it is the first. */
  readonly before: EntryPlace | undefined
}

/** Where a commit stands in its lane: in which page, and behind how many others of it. */
export interface EntryPlace {
  readonly page: number
  readonly index: number
}

/** A piece of the feed of a lane. It is never changed. */
export interface Page {
  /** Counted from 1, without gaps. */
  readonly number: number
  readonly entries: readonly Entry[]
  /** How many events the lane holds up to its end. */
  readonly total: number
}

/** As the entries of a page are written. */
type Row = readonly [stream: string, version: number, count: number, page?: number, index?: number]

const digits = 12

export function laneKey(lane: number): string {
  return `feed#${lane}`
}

export function pageKey(lane: number, number: number): Item {
  return { pk: { S: laneKey(lane) }, sk: { S: pageNumber(number) } }
}

/** Numbers of pages as text whose order is theirs. */
export function pageNumber(number: number): string {
  return String(number).padStart(digits, '0')
}

/** @param writing tells this page from any other that might be at the same place */
export function toPageItem(lane: number, { number, entries, total }: Page, writing: string): Item {
  return {
    ...pageKey(lane, number),
    c: { S: JSON.stringify(entries.map(toRow)) },
    t: { N: String(total) },
    w: { S: writing },
  }
}

export function toPage({ sk, c, t }: Item): Page {
  const rows = JSON.parse(c?.S ?? '[]') as Row[]
  return { number: Number(sk?.S), entries: rows.map(toEntry), total: Number(t?.N) }
}

/** About how many bytes an entry takes. */
export function sizeOf({ stream }: CommitKey): number {
  return Buffer.byteLength(JSON.stringify(stream)) + 50
}

function toRow({ stream, version, count, before }: Entry): Row {
  return before ? [stream, version, count, before.page, before.index] : [stream, version, count]
}

function toEntry([stream, version, count, page, index]: Row): Entry {
  return {
    stream,
    version,
    count,
    before: page === undefined || index === undefined ? undefined : { page, index },
  }
}
