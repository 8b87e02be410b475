import type { Cursor, Position } from 'weir/ports'
import { EngineError } from 'weir/ports'

/**
 * Which transactions had been committed at one moment, by their ids (xids). This is what PostgreSQL calls a snapshot.
 *
 * 1. Visible are all xids below `end` that are not among the `running`.
 * 2. A snapshot that is taken later shows all that an earlier one shows.
 * 3. `end` is at most one more than the newest xid of a commit in the log. That one is durable, so no xid before it is
 *    ever given again; those behind it PostgreSQL may give again after a crash, to others.
 */
export interface Snapshot {
  /** All xids below are visible. */
  readonly start: number
  readonly end: number
  /** From `start` up to `end`, in ascending order. */
  readonly running: readonly number[]
}

/**
 * A snapshot by which commits are found that it does not show.
 *
 * 1. Xids from `end` up to `next` had been given out already, or not. Whoever has an xid from `next` on got it after the
 *    snapshot was taken. (What PostgreSQL gives as the end of a snapshot is not `next`, but the newest that had finished.)
 * 2. A transaction gets its xid before it draws positions. So who has an xid from `next` on has positions beyond `floor`,
 *    which is at most the largest position that is visible.
 */
export interface Horizon extends Snapshot {
  readonly next: number
  readonly floor: number
}

/**
 * A place in the feed: all that `seen` shows has been given. While pages lead on to what `target` shows, what of that has
 * a position up to `last` has been given, too.
 */
export interface Place {
  readonly seen: Horizon
  readonly target?: Horizon | undefined
  readonly last: number
}

/** The start of the feed. */
const nowhere: Place = { seen: { start: 0, end: 0, next: 0, floor: 0, running: [] }, last: 0 }

/** What can be written in this many characters is read: about two thousand transactions that were running at once. */
const maxLength = 16_000

const number = '(0|[1-9]\\d{0,15})'
const numbers = '(|\\d{1,15}(?:,\\d{1,15})*)'
const commitForm = new RegExp(`^${number}\\.${number}$`)
const snapshotForm = new RegExp(`^${number}:${number}:${numbers}$`)
const onTheWayForm = new RegExp(`^([^>]*)>([^>@]*)@${number}$`)
const horizonForm = new RegExp(`^${number}:${number}:${numbers}:${number}:${number}$`)

/** The position of a commit: whose it is, and where it lies. */
export function commitPosition(xid: number, position: number): Position {
  return `${xid}.${position}`
}

/** The position behind all that a snapshot shows. Running xids are written as distances, to be short. */
export function snapshotPosition({ start, end, running }: Snapshot): Position {
  return `${start}:${end}:${running.map((xid) => xid - start).join(',')}`
}

export function writePlace({ seen, target, last }: Place): Cursor {
  return target ? `${writeHorizon(seen)}>${writeHorizon(target)}@${last}` : writeHorizon(seen)
}

/** @throws EngineError when it is no cursor of this engine */
export function readPlace(cursor: Cursor | undefined): Place {
  if (cursor === undefined) return nowhere
  const place = parsePlace(cursor)
  if (place) return place
  throw new EngineError(`${JSON.stringify(cursor)} is not a place in the feed of this store. Was it written by hand?`)
}

/** Whether who stands at `cursor` has been given the commit at `position`, or all that is before it. */
export function covers(cursor: Cursor | undefined, position: Position): boolean {
  const { seen, target, last } = readPlace(cursor)
  const commit = parseCommit(position)
  if (commit) return shows(seen, commit.xid) || (target !== undefined && shows(target, commit.xid) && commit.at <= last)
  const snapshot = parseSnapshot(position)
  return snapshot !== undefined && includes(seen, snapshot)
}

/**
 * Whether who stands at `cursor` has been given all that who stands at `other` has. It never says so wrongly; that it is
 * so may show only when `cursor` has moved on.
 */
export function isAtLeast(cursor: Cursor | undefined, other: Cursor | undefined): boolean {
  if (other === undefined || cursor === other) return true
  const ours = cursor === undefined ? nowhere : parsePlace(cursor)
  const theirs = parsePlace(other)
  if (!ours || !theirs || !includes(ours.seen, theirs.seen)) return false
  if (!theirs.target || includes(ours.seen, theirs.target)) return true
  return ours.target !== undefined && includes(ours.target, theirs.target) && ours.last >= theirs.last
}

/** How far xids and positions of commits go. */
export interface Reach {
  readonly xid: number
  readonly at: number
}

/** The newest xid and the largest position that a position speaks of; undefined when the text is none. */
export function reachOf(text: string): Reach | undefined {
  const commit = parseCommit(text)
  if (commit) return commit
  const snapshot = parseSnapshot(text)
  return snapshot && { xid: snapshot.end - 1, at: 0 }
}

/** A snapshot as PostgreSQL gives it. */
export interface SnapshotRow {
  /** In PostgreSQL's words: `10:20:10,14`. */
  readonly snapshot: string
  /** What is to be added to each xid. */
  readonly added: number
  /** The newest xid of a visible commit. */
  readonly newest: number
}

export function fromPostgres({ snapshot, added, newest }: SnapshotRow): Snapshot {
  const [first = '', behind = '', list = ''] = snapshot.split(':')
  const end = Math.min(Number(behind) + added, newest + 1)
  const xids = list === '' ? [] : list.split(',').map((xid) => Number(xid) + added)
  return { start: Math.min(Number(first) + added, end), end, running: xids.filter((xid) => xid < end) }
}

/** The largest number that a cursor speaks of: no transaction that it knew of has a larger xid. */
export function newestXid(cursor: Cursor): number {
  const place = parsePlace(cursor)
  return place ? Math.max(place.seen.next, place.target?.next ?? 0) : 0
}

/** Whether two snapshots show the same. */
export function isSame(one: Snapshot, other: Snapshot): boolean {
  return includes(one, other) && includes(other, one)
}

function shows({ end, running }: Snapshot, xid: number): boolean {
  return xid < end && !running.includes(xid)
}

/** Whether one snapshot shows all that another shows. */
function includes(snapshot: Snapshot, other: Snapshot): boolean {
  const hidden = other.running.filter((xid) => xid >= snapshot.end).length
  // All that the other shows below its end, it must show; what it hides need not be looked at.
  if (other.end > snapshot.end && hidden < other.end - snapshot.end) return false
  return snapshot.running.every((xid) => !shows(other, xid))
}

function writeHorizon(horizon: Horizon): string {
  return `${snapshotPosition(horizon)}:${horizon.next}:${horizon.floor}`
}

function parsePlace(text: string): Place | undefined {
  const [, seenText, targetText, last] = onTheWayForm.exec(text) ?? []
  const seen = parseHorizon(seenText ?? text)
  if (!seen || targetText === undefined) return seen && { seen, last: 0 }
  const target = parseHorizon(targetText)
  return target && { seen, target, last: Number(last) }
}

function parseHorizon(text: string): Horizon | undefined {
  const [, start, end, running, next, floor] = horizonForm.exec(text) ?? []
  const snapshot = snapshotOf(start, end, running)
  return snapshot && { ...snapshot, next: Number(next), floor: Number(floor) }
}

function parseSnapshot(text: string): Snapshot | undefined {
  if (text.length > maxLength) return undefined
  const [, start, end, running] = snapshotForm.exec(text) ?? []
  return snapshotOf(start, end, running)
}

function snapshotOf(start: string | undefined, end: string | undefined, running = ''): Snapshot | undefined {
  if (start === undefined) return undefined
  const first = Number(start)
  const xids = running === '' ? [] : running.split(',').map((distance) => first + Number(distance))
  const snapshot = { start: first, end: Number(end), running: xids }
  return isSane(snapshot) ? snapshot : undefined
}

function isSane({ start, end, running }: Snapshot): boolean {
  const isAscending = running.every((xid, index) => index === 0 || xid > (running[index - 1] ?? 0))
  return start <= end && Number.isSafeInteger(end) && isAscending && (running.at(-1) ?? start - 1) < end
}

function parseCommit(text: string): Reach | undefined {
  const [, xid, at] = commitForm.exec(text) ?? []
  return xid === undefined ? undefined : { xid: Number(xid), at: Number(at) }
}
