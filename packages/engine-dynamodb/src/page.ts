import type { Item } from './batch-get.ts'
import type { CommitKey } from './commits.ts'
import { type Trail, toNumbers, toTrail } from './trail.ts'

/** A commit in a page. */
export interface Entry extends CommitKey {
  /** Where commits of its stream stand that were placed before it; empty: it is the first. */
  readonly before: Trail
}

/** A piece of the feed of a lane. It is never changed. */
export interface Page {
  /** Counted from 1, without gaps. */
  readonly number: number
  readonly entries: readonly Entry[]
  /** How many events the lane holds up to its end. */
  readonly total: number
}

/** As the entries of a page are written: of each place of the trail, page and index. */
type Row = readonly [stream: string, version: number, count: number, ...trail: number[]]

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
  return [stream, version, count, ...toNumbers(before)]
}

function toEntry([stream, version, count, ...trail]: Row): Entry {
  return { stream, version, count, before: toTrail(trail) }
}
