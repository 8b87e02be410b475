import { describe, expect, test } from 'vitest'
import type { Engine } from 'weir/ports'
import type { Outcome } from 'weir/runtime'
import { startRuntime } from 'weir/runtime'
import { seededIdentity } from 'weir/testing'
import { Balances, bankWithReceipts, POISON, Transfers } from './guarantees/bank.ts'
import { balancesOf, type LoggedEvent, readLog, transfersOf } from './guarantees/history.ts'
import { expectSoundDecisions } from './simulation/replay.fixture.ts'
import { type Simulated, simulate } from './simulation/simulate.fixture.ts'

/** `SEEDS` sets another number, a multiple of ten: for a soak. */
const SEEDS = Number(process.env.SEEDS ?? 60)
const FIRST_SEED = Number(process.env.SEED ?? 1)

describe('whatever happens to machines and store', () => {
  test.each(Array.from({ length: 10 }, (_, index) => FIRST_SEED + (index * SEEDS) / 10))(
    'from seed %i on, every guarantee holds',
    async (first) => {
      for (let seed = first; seed < first + SEEDS / 10; seed += 1) {
        try {
          await expectGuarantees(await simulate(seed))
        } catch (error) {
          throw new Error(`with SEED=${seed}: ${(error as Error).message}`, { cause: error })
        }
      }
    },
  )

  test('the same seed gives the same log, bit for bit, and another one another', async () => {
    const hashes = new Set<string>()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 5; seed += 1) {
      const { hash } = await simulate(seed)
      expect((await simulate(seed)).hash).toBe(hash)
      hashes.add(hash)
    }
    expect(hashes.size).toBe(5)
  })
})

async function expectGuarantees(simulated: Simulated): Promise<void> {
  const log = await readLog(simulated.store.events)
  expectStreamsWithoutGaps(log)
  expectMoneyConserved(log)
  expectSoundDecisions(log, simulated.requests)
  for (const { commandId } of simulated.requests) {
    expectOneEffect(
      simulated.answers.get(commandId) ?? [],
      log.filter((event) => event.commandId === commandId),
    )
  }
  await expectReadModels(simulated, log)
}

/** G2 */
function expectStreamsWithoutGaps(log: readonly LoggedEvent[]): void {
  for (const events of Map.groupBy(log, ({ stream }) => stream).values()) {
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1))
  }
}

/** G1 */
function expectMoneyConserved(log: readonly LoggedEvent[]): void {
  for (const { data, commandId } of log.filter(({ type }) => type === 'Made')) {
    const moves = log.filter((event) => event.commandId === commandId && event.stream.startsWith('account-'))
    expect(moves.map((event) => [event.type, event.data.amount]).sort()).toEqual([
      ['Deposited', data.amount],
      ['Withdrawn', data.amount],
    ])
  }
}

/** G3, G6: whoever was answered yes finds it in the log, once; all who asked with one id were answered the same. */
function expectOneEffect(answers: readonly Outcome[], events: readonly LoggedEvent[]): void {
  expect(answers.length).toBeGreaterThan(0)
  const accepted = answers.filter((answer) => answer.outcome === 'accepted')
  const ids = accepted.map((answer) => answer.events.map(({ id }) => id))
  for (const each of ids) expect(each).toEqual(ids[0])
  for (const { version } of accepted) expect(version).toBe(accepted[0]?.version)
  expect(new Set(events.map(({ type, stream }) => `${type} ${stream}`)).size).toBe(events.length)
  if (accepted.length > 0) expect(events.map(({ id }) => id)).toEqual(expect.arrayContaining(ids[0] ?? []))
  if (accepted.length > 0 && ids[0]?.length === 0) expect(events).toEqual([])
}

/** G4, G5, G10: what processes that came and went have folded is what the log says, each event applied once. */
async function expectReadModels({ store, clock }: Simulated, log: readonly LoggedEvent[]): Promise<void> {
  const engine: Engine = { ...store, close: async () => {} }
  const runtime = await clock.run(
    startRuntime(bankWithReceipts, { engine: async () => engine, clock, identity: seededIdentity(0, clock) }),
  )
  await clock.run(runtime.settled())
  const balances = [...balancesOf(log).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  expect((await runtime.list(Balances)).documents).toEqual(balances)
  const transfers = [...transfersOf(untilPoison(log)).values()] as { readonly id: string }[]
  expect((await runtime.list(Transfers)).documents).toEqual(transfers.sort((a, b) => (a.id < b.id ? -1 : 1)))
  const isParked = untilPoison(log).length < log.length && transfers.some(({ id }) => id === 'shared')
  expect((await runtime.operations.projections()).map(({ name, parked }) => [name, parked > 0])).toEqual([
    ['balances', false],
    ['transfers', isParked],
    ['limits', false],
  ])
  await clock.advance(10_000)
  expectReceipts(await readLog(store.events))
  await clock.run(runtime.stop())
}

/** G5: every transfer has one receipt, which was archived once. */
function expectReceipts(log: readonly LoggedEvent[]): void {
  const ofType = (type: string) => log.filter((event) => event.type === type)
  const made = ofType('Made').map(({ stream }) => stream.replace('transfer-', 'receipt-'))
  for (const type of ['Printed', 'Archived']) {
    expect(
      ofType(type)
        .map(({ stream }) => stream)
        .sort(),
    ).toEqual(made.toSorted())
  }
}

/** All notes of the stream that may hold poison are on one transfer: none shows from the first that is poison on. */
function untilPoison(log: readonly LoggedEvent[]): LoggedEvent[] {
  const poison = log.find(({ data }) => data.text === POISON)
  return log.filter(({ stream, version }) => stream !== poison?.stream || version < poison.version)
}
