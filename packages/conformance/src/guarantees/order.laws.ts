import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { deposit, note, Transfers, transfer } from './bank.ts'
import { cut } from './faults.ts'
import { append } from './history.ts'
import { all, expectPureFold, type Stage, startOn } from './stage.ts'

export function orderLaws(stage: Stage): void {
  it('G2 events of a stream reach every document in their order, also those that had to wait for it', async () => {
    const runtime = await stage.start({ faults: cut(() => 1) })
    await all(runtime, note('n', 'late'), note('n', 'early'), note('n', 'late'), note('m', 'late'))
    await all(runtime, deposit('a', 10), transfer('early', 'a', 'b', 1), note('n', 'early'))
    await runtime.settled()
    expect(await runtime.get(Transfers, 'early')).toMatchObject({ document: { notes: { n: [2, 4] } } })
    expect(await runtime.operations.projections()).toMatchObject([
      {},
      { name: 'transfers', deferred: 3, parked: 0 },
      {},
    ])
    await all(runtime, note('n', 'late'), transfer('late', 'a', 'b', 1), note('n', 'late'))
    await runtime.settled()
    expect(await runtime.get(Transfers, 'late')).toMatchObject({ document: { notes: { n: [1, 3, 5, 6], m: [1] } } })
    await expectPureFold(runtime, stage.events)
  })

  it('G2 however streams are interleaved, the feed is cut, and processes come and go', async () => {
    const id = fc.constantFrom('1', '2', '3')
    const event = fc.oneof(
      fc.record({ stream: id.map((each) => `note-${each}`), on: id }),
      fc.record({ stream: id.map((each) => `account-${each}`), on: id }),
      fc.record({ stream: id.map((each) => `transfer-${each}`), on: id }),
    )
    const step = fc.oneof({ weight: 8, arbitrary: event }, { weight: 1, arbitrary: fc.constant('restart' as const) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
        (steps, sizes) =>
          stage.elsewhere(async (engine) => {
            const start = () => startOn(engine, { faults: cut(() => sizes.next().value) })
            const made = new Set<string>()
            let runtime = await start()
            for (const each of steps) {
              if (each === 'restart') {
                await runtime.stop()
                runtime = await start()
              } else if (!made.has(each.stream)) {
                const kind = each.stream.split('-')[0] as 'note' | 'account' | 'transfer'
                if (kind === 'transfer') made.add(each.stream)
                const type = { note: 'Noted', account: 'Deposited', transfer: 'Made' }[kind]
                await append(engine.events, each.stream, type, { on: each.on, text: '', amount: 1 })
              }
            }
            await expectPureFold(runtime, engine.events)
            await runtime.stop()
          }),
      ),
      { numRuns: Math.ceil(25 / stage.every) },
    )
  })
}
