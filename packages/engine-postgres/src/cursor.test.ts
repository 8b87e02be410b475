import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  commitPosition,
  covers,
  fromPostgres,
  type Horizon,
  isAtLeast,
  isSame,
  newestXid,
  type Place,
  reachOf,
  readPlace,
  type Snapshot,
  snapshotPosition,
  writePlace,
} from './cursor.ts'

const largest = 30

/** A snapshot of a history in which the transactions given were not over. */
const snapshot: fc.Arbitrary<Horizon> = fc
  .tuple(fc.nat(largest), fc.uniqueArray(fc.nat(largest)), fc.nat(3), fc.nat(largest))
  .map(([end, xids, ahead, floor]) => {
    const running = xids.filter((xid) => xid < end).toSorted((a, b) => a - b)
    return { start: running[0] ?? end, end, running, next: end + ahead, floor }
  })

const place: fc.Arbitrary<Place> = fc
  .tuple(snapshot, fc.option(snapshot, { nil: undefined }), fc.nat(largest))
  .map(([seen, target, last]) => (target ? { seen, target, last } : { seen, last: 0 }))

const xids = Array.from({ length: largest + 5 }, (_, xid) => xid)

it('what is written is read again', async () => {
  await fc.assert(
    fc.property(place, (each) => {
      expect(readPlace(writePlace(each))).toEqual(each)
    }),
  )
})

it('a snapshot of PostgreSQL is read as it is, moved by an offset, up to the newest commit', () => {
  const read = (snapshot: string, newest: number, added = 0) => fromPostgres({ snapshot, newest, added })
  expect(read('10:20:10,14', 30)).toEqual({ start: 10, end: 20, running: [10, 14] })
  expect(read('755:755:', 2_000, 1_000)).toEqual({ start: 1_755, end: 1_755, running: [] })
  expect(read('10:20:10,14', 12)).toEqual({ start: 10, end: 13, running: [10] })
  expect(read('10:20:10,14', 0)).toEqual({ start: 1, end: 1, running: [] })
})

it('G8 a cursor covers the commits that were visible, and those up to where its pages have come', async () => {
  await fc.assert(
    fc.property(place, fc.nat(largest), fc.nat(largest), (each, xid, at) => {
      const { seen, target, last } = each
      const given = isVisible(seen, xid) || (target !== undefined && isVisible(target, xid) && at <= last)
      expect(covers(writePlace(each), commitPosition(xid, at))).toBe(given)
    }),
  )
})

it('G8 a cursor covers a snapshot when all that it shows was visible', async () => {
  await fc.assert(
    fc.property(snapshot, snapshot, (seen, other) => {
      const all = xids.every((xid) => !isVisible(other, xid) || isVisible(seen, xid))
      expect(covers(writePlace({ seen, last: 0 }), snapshotPosition(other))).toBe(all)
    }),
  )
})

it('two snapshots are the same when they show the same', async () => {
  await fc.assert(
    fc.property(snapshot, snapshot, (a, b) => {
      expect(isSame(a, b)).toBe(xids.every((xid) => isVisible(a, xid) === isVisible(b, xid)))
    }),
  )
})

it('the start of the feed covers nothing', () => {
  expect(covers(undefined, commitPosition(3, 1))).toBe(false)
  expect(covers(undefined, snapshotPosition({ start: 3, end: 5, running: [3] }))).toBe(false)
})

it('G9 a cursor is at least another only when it has been given all that the other has', async () => {
  await fc.assert(
    fc.property(place, place, (ours, theirs) => {
      if (!isAtLeast(writePlace(ours), writePlace(theirs))) return
      for (const xid of xids) {
        for (const at of [0, theirs.last, theirs.last + 1, ours.last, ours.last + 1]) {
          if (isGiven(theirs, xid, at)) expect([xid, at, isGiven(ours, xid, at)]).toEqual([xid, at, true])
        }
      }
    }),
  )
})

it('G9 who has seen a later snapshot is at least where others were', () => {
  const earlier = { seen: { start: 10, end: 12, running: [10], next: 13, floor: 7 }, last: 0 }
  const later = { seen: { start: 14, end: 14, running: [], next: 14, floor: 9 }, last: 0 }
  const onTheWay = { ...earlier, target: later.seen, last: 8 }
  const further = { ...onTheWay, last: 9 }
  const ascending = [undefined, ...[earlier, onTheWay, further, later].map(writePlace)]
  for (const [index, cursor] of ascending.entries()) {
    for (const [other, each] of ascending.entries()) expect(isAtLeast(cursor, each)).toBe(other <= index)
  }
})

it('G9 texts that are no cursors are at least themselves only', () => {
  expect(isAtLeast('7', '7')).toBe(true)
  expect(isAtLeast('8', '7')).toBe(false)
  expect(isAtLeast('7', undefined)).toBe(true)
  expect(isAtLeast(undefined, '7')).toBe(false)
})

it('the newest xid of a cursor is larger than all that it speaks of', async () => {
  await fc.assert(
    fc.property(place, (each) => {
      const { seen, target } = each
      const all = [seen, target].flatMap((one) => (one ? [one.end, one.next, ...one.running] : []))
      expect(newestXid(writePlace(each))).toBe(Math.max(...all))
    }),
  )
  expect(newestXid('7')).toBe(0)
})

it.each([
  ...['', ' ', 'x', '1', '.', '1.', '.1', '1.1.1', '-1.1', '01.1', '1.01', '1e3.1', '1.5e3', '１.1', ' 1.1', '1.1\n'],
  ...['1:2', '2:1:', '1:2:x', '1:2:,', '1:5:3,2', '1:5:2,2', '1:5:4', '1:5:9', '1:2:3:4:5:6', '01:2:', '1:2:-1'],
  ...[`${'9'.repeat(17)}.1`, `1.${'9'.repeat(400)}`, `1:${'9'.repeat(17)}:`],
])('%j is no position', (text) => {
  expect(reachOf(text)).toBeUndefined()
  expect(covers(writePlace({ seen: { start: 99, end: 99, running: [], next: 99, floor: 99 }, last: 0 }), text)).toBe(
    false,
  )
})

it('what is too long is no position', () => {
  const running = Array.from({ length: 9_000 }, (_, distance) => distance).join(',')
  expect(reachOf(`1:9000:${running}`)).toBeUndefined()
})

it('a cursor that is none is refused', () => {
  for (const text of ['', '7', '“42”', '1:2:', '1:2::3:4>', '1:2::3:4>1:2::3:4@x', '1:2::3:4>1:2::3:4@1@2']) {
    expect(() => readPlace(text)).toThrow('not a place in the feed')
  }
})

function isVisible({ end, running }: Snapshot, xid: number): boolean {
  return xid < end && !running.includes(xid)
}

function isGiven({ seen, target, last }: Place, xid: number, at: number): boolean {
  return isVisible(seen, xid) || (target !== undefined && isVisible(target, xid) && at <= last)
}
