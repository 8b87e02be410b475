import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCommit, encodeCommit, encodeEvent } from './codec.ts'
import { UndecodableEventError } from './errors.ts'

const at = '2030-01-01T00:00:00.000Z'
const optional = fc.option(fc.string({ unit: 'binary' }), { nil: undefined })
const event = fc.record({
  id: fc.uuid(),
  type: fc.string({ minLength: 1 }),
  data: fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value))),
  metadata: fc.record({
    commandId: fc.string(),
    correlationId: fc.string(),
    causationId: fc.string(),
    traceparent: optional,
    actor: optional,
  }),
})

const commit = (payload: string, count = 1) => ({ stream: 'order-a-b', version: 7, count, payload })

describe('a commit', () => {
  test('is read as it was written, each event with its place and what is known of it', () => {
    void fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), (events) => {
        const encoded = events.map(({ id, type, data, metadata }) => encodeEvent(id, type, data, metadata))
        const expected = events.map(({ id, type, data, metadata }, index) => ({
          ...{ id, type, data, ...metadata },
          ...{ stream: 'order-a-b', aggregateId: 'a-b', version: 7 + index, schemaVersion: 1, recordedAt: at },
        }))
        expect(decodeCommit(commit(encodeCommit(at, encoded), events.length))).toEqual(expected)
      }),
    )
  })

  test('keeps the form that older ones have: history is for ever', () => {
    const payload = `{"at":"${at}","events":[{"id":"1","type":"Placed","data":{"seats":2},"commandId":"c"}]}`
    const metadata = {
      commandId: 'c',
      correlationId: 'c',
      causationId: 'c',
      traceparent: undefined,
      actor: undefined,
    }
    expect(encodeCommit(at, [encodeEvent('1', 'Placed', { seats: 2 }, metadata)])).toBe(payload)
    const [first] = decodeCommit(commit(payload))
    expect(first).toMatchObject({ id: '1', type: 'Placed', data: { seats: 2 }, schemaVersion: 1 })
    expect(first).toMatchObject({ correlationId: 'c', causationId: 'c' })
  })

  test('says the version of the schema when it is not the first, and what led to a command when that was not itself', () => {
    const metadata = {
      ...{ commandId: 'c', correlationId: 'c', causationId: 'e' },
      ...{ traceparent: undefined, actor: undefined },
    }
    const payload = `{"at":"${at}","events":[{"id":"1","type":"Placed","data":{},"schemaVersion":3,"commandId":"c","causationId":"e"}]}`
    expect(encodeCommit(at, [encodeEvent('1', 'Placed', {}, metadata, 3)])).toBe(payload)
    expect(decodeCommit(commit(payload))).toMatchObject([{ schemaVersion: 3, causationId: 'e' }])
  })

  test.each([
    ['is no JSON', 'x'],
    ['is nothing', 'null'],
    ['holds no events', '{}'],
    ['holds another number of events', `{"at":"${at}","events":[]}`],
    ['holds something that is no event', `{"at":"${at}","events":[null]}`],
    ['holds an event without a type', `{"at":"${at}","events":[{"id":"1"}]}`],
  ])('that %s cannot be read, and says where', (_, payload) => {
    expect(() => decodeCommit(commit(payload))).toThrow(UndecodableEventError)
    expect(() => decodeCommit(commit(payload))).toThrow(/order-a-b, version 7/)
  })

  test('whatever its text is, it is read or refused', () => {
    const shaped = fc.record({ at: fc.jsonValue(), events: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())) })
    void fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          shaped.map((value) => JSON.stringify(value)),
        ),
        (payload) => {
          try {
            decodeCommit(commit(payload))
          } catch (error) {
            expect(error).toBeInstanceOf(UndecodableEventError)
          }
        },
      ),
    )
  })
})
