import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Append, AppendResult, CommandRecord, Expectation } from 'weir/ports'
import { EngineError } from 'weir/ports'
import { DynamodbEventStore } from './event-store.ts'
import { addFaults, type Fault, type FaultOf } from './faults.fixture.ts'
import { append, feedOf, one, useStage } from './testing.fixture.ts'

const stage = useStage()

/** A store whose calls go wrong as they are told to. */
async function openFaulty(faultOf: FaultOf, tables = stage.names()): Promise<DynamodbEventStore> {
  const dynamo = await stage.dynamo(tables)
  addFaults(dynamo, faultOf)
  const identity = { storeId: 'store', epoch: 'epoch', lanes: 2, isRestored: false }
  return new DynamodbEventStore(dynamo, identity, {
    places: true,
    readOnly: false,
    sweep: { interval: 1e6, patience: 1e6 },
  })
}

/** Only the first so many calls of a command go wrong. */
function first(count: number, command: string, fault: Fault): FaultOf {
  let left = count
  return (each) => (each === command && left-- > 0 ? fault : undefined)
}

const command = (commandId: string): CommandRecord => ({
  commandId,
  stream: 'a',
  version: 1,
  count: 1,
  hash: commandId,
})
const by = (commandId: string, ...streams: string[]): Append => ({
  streams: streams.flatMap((stream) => one(stream, 'any').streams),
  commands: [command(commandId)],
})

it.each<[Fault]>([['throttled'], ['failed'], ['lost']])(
  'a put that is %s twice is there once, and is no conflict',
  async (fault) => {
    const events = await openFaulty(first(2, 'PutItem', fault))
    expect(await append(events, one('a', 'absent'))).toMatchObject({ outcome: 'appended', versions: [1] })
    expect(await append(events, one('a', 'absent'))).toMatchObject({ outcome: 'conflict', version: 1 })
    expect(await feedOf(events)).toEqual(new Map([['a', [1]]]))
    await events.close()
  },
)

it.each<[Fault]>([['throttled'], ['failed'], ['lost'], ['conflict']])(
  'a transaction that is %s twice is there once, and its command no duplicate of itself',
  async (fault) => {
    const events = await openFaulty(first(2, 'TransactWriteItems', fault))
    expect(await append(events, by('key-1', 'a', 'b'))).toMatchObject({ outcome: 'appended', versions: [1, 1] })
    expect(await append(events, by('key-1', 'a', 'b'))).toEqual({ outcome: 'duplicate', commandId: 'key-1' })
    expect(await feedOf(events)).toEqual(
      new Map([
        ['a', [1]],
        ['b', [1]],
      ]),
    )
    await events.close()
  },
)

it.each<[Fault]>([['throttled'], ['lost'], ['partial']])(
  'of a batch that is %s each append is there once',
  async (fault) => {
    const events = await openFaulty(first(2, 'BatchExecuteStatement', fault))
    const streams = Array.from({ length: 40 }, (_, index) => `order-${index}`)
    const results = await events.append(streams.map((stream) => one(stream, 'absent')))
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['appended']))
    expect(await feedOf(events)).toEqual(new Map(streams.map((stream) => [stream, [1]])))
    await events.close()
  },
)

it('G6 a command that others have recorded is a duplicate, also when its stream has gone on', async () => {
  const tables = stage.names()
  const [mine, theirs] = [await openFaulty(() => undefined, tables), await openFaulty(() => undefined, tables)]
  await append(mine, one('a', 'absent'))
  await append(theirs, by('key-1', 'a'))
  // What this process knows of the stream is old: both its version and the command are refused by the transaction.
  expect(await append(mine, { ...one('a', 1), commands: [command('key-1')] })).toEqual({
    outcome: 'duplicate',
    commandId: 'key-1',
  })
  expect(await append(mine, { ...one('a', 1), commands: [command('key-2')] })).toMatchObject({
    outcome: 'conflict',
    version: 2,
  })
  await Promise.all([mine.close(), theirs.close()])
})

it('G3 the feed is whole though placing is throttled, cancelled and not answered', async () => {
  let calls = 0
  const faults: readonly (Fault | undefined)[] = ['lost', 'conflict', 'throttled', undefined, 'failed', undefined]
  const events = await openFaulty((name) =>
    name === 'TransactWriteItems' ? faults[calls++ % faults.length] : undefined,
  )
  for (let turn = 0; turn < 6; turn += 1) await events.append([one('a', turn), one(`b-${turn}`, 'absent')])
  expect((await feedOf(events)).get('a')).toEqual([1, 2, 3, 4, 5, 6])
  expect((await feedOf(events)).size).toBe(7)
  await events.close()
})

it('what is read in part is read again until all is there', async () => {
  const events = await openFaulty((name) => (name === 'BatchGetItem' ? 'partial' : undefined))
  const streams = Array.from({ length: 130 }, (_, index) => `order-${index}`)
  await events.append(streams.map((stream) => one(stream, 'absent')))
  expect(new Set((await feedOf(events)).keys())).toEqual(new Set(streams))
  await events.close()
})

it('G1 G6 whatever goes wrong, a group does what it does when all goes well', async () => {
  const fault = fc.option(fc.constantFrom<Fault>('throttled', 'failed', 'lost', 'conflict', 'partial'), {
    nil: undefined,
    freq: 2,
  })
  const expected = fc.oneof(fc.constantFrom<Expectation>('absent', 'any', 'present'), fc.integer({ min: 0, max: 3 }))
  const member = fc.record({
    streams: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), expected, fc.nat(1)), {
      selector: ([stream]) => stream,
      maxLength: 2,
    }),
    ids: fc.uniqueArray(fc.constantFrom('k', 'l'), { maxLength: 1 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(member, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fault),
      async (members, faults) => {
        const appends = members.map(({ streams, ids }) => ({
          streams: streams.flatMap(([stream, expects, count]) => one(stream, expects, count).streams),
          commands: ids.map(command),
        }))
        const smooth = await openFaulty(() => undefined)
        const rough = await openFaulty((name) => (/Put|Transact|Execute/.test(name) ? faults.next().value : undefined))
        const outcome = (result: AppendResult) => ({ ...result, position: '' })
        expect((await rough.append(appends)).map(outcome)).toEqual((await smooth.append(appends)).map(outcome))
        expect(byName(await feedOf(rough))).toEqual(byName(await feedOf(smooth)))
        await Promise.all([smooth.close(), rough.close()])
      },
    ),
    { numRuns: 15 },
  )
})

it('what stays throttled is told in words, and nothing of it is there', async () => {
  const events = await openFaulty((name) => (name === 'PutItem' ? 'throttled' : undefined))
  const failing = append(events, one('a', 'absent'))
  await expect(failing).rejects.toThrow(/it is throttled: more is asked of it than it may serve now/)
  await expect(failing).rejects.toBeInstanceOf(EngineError)
  expect(await events.readStream('a', 0, 10)).toEqual([])
  await events.close()
})

it('what is larger than DynamoDB takes is refused with the limit, and nothing of its group is written', async () => {
  const events = await openFaulty(() => undefined)
  const large = {
    streams: [{ stream: 'a', expected: 'any' as const, count: 1, payload: `"${'x'.repeat(400_000)}"` }],
    commands: [],
  }
  await expect(events.append([one('b', 'any'), large])).rejects.toThrow(
    /takes 380000 bytes of events in an append, but this one has 400002/,
  )
  const wide = by('key-1', ...Array.from({ length: 100 }, (_, index) => `order-${index}`))
  await expect(events.append([one('b', 'any'), wide])).rejects.toThrow(
    /takes 100 items in a transaction, but .* 100 streams and 1/,
  )
  expect(await feedOf(events)).toEqual(new Map())
  await events.close()
})

function byName(feed: ReadonlyMap<string, number[]>): [string, number[]][] {
  return [...feed].sort(([one], [other]) => (one < other ? -1 : 1))
}
