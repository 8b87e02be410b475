import { expect, test } from 'vitest'
import { policy } from '../definitions/index.ts'
import type { Commit } from '../ports/index.ts'
import { encodeCommit, encodeEvent } from './codec.ts'
import { PolicyEvents } from './policy-events.ts'
import { Order } from './policy-shop.fixture.ts'
import { PolicyStream } from './policy-stream.ts'

const events = new PolicyEvents(policy('any').on(Order, { Placed: () => undefined }))
const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', traceparent: undefined, actor: undefined }

function commit(version: number, ...types: readonly string[]): Commit {
  const encoded = types.map((type) => encodeEvent('x', type, { n: 1 }, metadata, 1))
  const payload = encodeCommit('2030-01-01T00:00:00.000Z', encoded)
  return { stream: 'order-a', version, count: types.length, payload }
}

function streamAt(version: number): PolicyStream {
  return new PolicyStream({ stream: 'order-a', version, document: undefined, since: 0, error: undefined, attempts: 0 })
}

/** The versions that are due, one after the other. */
function drain(stream: PolicyStream): number[] {
  const versions: number[] = []
  for (let due = stream.next; due; due = stream.next) {
    versions.push(due.version)
    stream.pass(due.last)
  }
  return versions
}

test('G2 what the feed gives is due in its order; what the policy does not handle is passed over', () => {
  const stream = streamAt(1)
  stream.give(commit(1, 'Placed', 'Noted', 'Placed'), events, true)
  stream.give(commit(4, 'Noted'), events, true)
  stream.give(commit(5, 'Placed'), events, true)
  expect(drain(stream)).toEqual([1, 3, 5])
  expect(stream.isBehind).toBe(false)
})

test('G5 what the feed gives while the same is being read is due once', () => {
  const stream = streamAt(3)
  stream.give(commit(3, 'Placed'), events, true)
  stream.give(commit(4, 'Placed'), events, true)
  stream.keep(commit(2, 'Placed', 'Placed'), events)
  stream.keep(commit(4, 'Placed'), events)
  stream.keep(commit(5, 'Placed'), events)
  expect(drain(stream)).toEqual([3, 4, 5])
})

test('G3 what is not kept is known to be missing, until it has been read', () => {
  const stream = streamAt(1)
  stream.give(commit(1, 'Placed'), events, true)
  stream.give(commit(2, 'Placed'), events, false)
  stream.give(commit(3, 'Placed'), events, true)
  expect(drain(stream)).toEqual([1])
  expect(stream.isBehind).toBe(true)
  stream.keep(commit(2, 'Placed'), events)
  stream.keep(commit(3, 'Placed'), events)
  expect(drain(stream)).toEqual([2, 3])
  expect(stream.isBehind).toBe(false)
})

test('only so much of a long stream is kept', () => {
  const stream = streamAt(1)
  for (let version = 1; version <= 1000; version += 1) stream.give(commit(version, 'Placed'), events, true)
  expect(drain(stream).length).toBeLessThanOrEqual(200)
  expect(stream.isBehind).toBe(true)
})

test('G12 a commit that cannot be decoded is due as a whole, from where the stream stands in it', () => {
  const stream = streamAt(2)
  stream.keep({ ...commit(1, 'Placed', 'Placed', 'Placed'), payload: '{' }, events)
  expect(stream.next).toMatchObject({ version: 2, last: 3, failure: { name: 'UndecodableEventError' } })
})

test('after a failed attempt the event is read again, as it was recorded', () => {
  const stream = streamAt(1)
  stream.give(commit(1, 'Placed'), events, true)
  stream.fail(1, 5)
  expect(stream.next).toBeUndefined()
  expect(stream.isBehind).toBe(true)
  expect(stream.stored()).toMatchObject({ version: 1, attempts: 1, since: 5 })
})
