import { expect, it } from 'vitest'
import type { Engine } from 'weir/ports'
import { virtualClock } from 'weir/testing'
import { Balances, deposit, ledger, note, POISON, Transfers, transfer } from './bank.ts'
import { broken, cut, deathAt, type Faults, faulty, gate, watched } from './faults.ts'
import { readLog } from './history.ts'
import { operating } from './operating.ts'
import { all, expectPureFold, type Stage, startOn } from './stage.ts'

const history = [
  note('n', '1'),
  deposit('a', 100),
  transfer('1', 'a', 'b', 5),
  note('n', '2'),
  note('m', '1'),
  deposit('a', 1),
  transfer('2', 'b', 'a', 2),
  note('n', '2'),
]

export function projectionLaws(stage: Stage): void {
  it('G4 a process that is killed at any call, before or after its effect, leaves each event applied once', async () => {
    await atEveryCall(stage, async (engine, point) => {
      const { died, step } = deathAt(point)
      const doomed = startOn(
        faulty(
          watched(engine, step, step),
          cut(() => 3),
        ),
      )
      const survived = doomed.then((runtime) => runtime.settled().then(() => runtime.stop()))
      return await Promise.race([died.then(() => true), survived.then(() => false)])
    })
  })

  it('G4 a projection whose store fails at any call, before or after its effect, applies each event once', async () => {
    await atEveryCall(stage, async (engine, point) => {
      const clock = virtualClock()
      let calls = 0
      const step = async () => {
        if (calls++ === point) await broken()
      }
      const [started] = await clock.run(
        Promise.allSettled([
          startOn(
            faulty(
              watched(engine, step, step),
              cut(() => 3),
            ),
            { clock },
          ),
        ]),
      )
      if (started.status === 'rejected') return true
      const fold = () => expectPureFold(started.value, engine.events)
      // The call that fails may be one of these.
      await clock.run(fold().catch(fold))
      await clock.run(started.value.stop())
      return calls > point
    })
  })

  it('G4 a process that could not start folds nothing any more', async ({ skip }) => {
    const { partitions } = stage.engine
    if (partitions < 2) skip('it can begin with one partition only where there are others')
    const { start } = operating(stage.engine)
    const opening: Promise<unknown>[] = []
    const faults: Faults = {
      readModels: (readModels) => ({
        open: (partition) => {
          const opened = partition.partition === partitions - 1 ? broken() : readModels.open(partition)
          opening.push(opened.catch(() => {}))
          return opened
        },
      }),
    }
    await expect(start(undefined, { faults })).rejects.toThrow()
    // What was under way when the start failed takes leases still.
    await Promise.all(opening)
    const { run, runtime, ...bank } = await start()
    await run(runtime.settled())
    const leases = async () =>
      (await stage.engine.readModels.generations('balances')).map((each) => each.partitions.map(({ lease }) => lease))
    const before = await leases()
    await bank.execute(...history)
    await bank.advance(10_000)
    expect(await leases()).toEqual(before)
  })

  it('G4 whoever takes over a read model fences the one before, whose batch then has no effect', async () => {
    const { opened, open } = gate()
    let isHeld = false
    const first = await stage.start({
      faults: {
        readModels: (readModels) => ({
          save: async (...saved) => {
            if (isHeld) await opened
            return readModels.save(...saved)
          },
        }),
      },
    })
    await all(first, deposit('a', 100), note('n', '1'))
    await first.settled()
    isHeld = true
    await all(first, ...history.slice(2))
    const second = await stage.start()
    await expectPureFold(second, stage.events)
    open()
    await expectPureFold(first, stage.events)
    await all(second, deposit('a', 1))
    await expectPureFold(second, stage.events)
    await expectPureFold(first, stage.events)
  })

  it('G4 two processes on one store apply each event once, whoever of them comes first', async () => {
    const runtimes = [await stage.start({ faults: cut(() => 2) }), await stage.start({ faults: cut(() => 3) })]
    for (const [index, message] of history.entries()) {
      await runtimes[index % 2]?.execute(message)
      if (index % 3 === 0) await runtimes[index % 2]?.settled()
    }
    for (const runtime of runtimes) await expectPureFold(runtime, stage.events)
  })

  it('G10 an event whose handler fails parks its stream; other streams go on, also after a restart', async () => {
    const runtime = await stage.start({ faults: cut(() => 1) })
    await all(runtime, ...history, note('n', '1', POISON), note('n', '1'), note('m', '1'))
    for (const each of [runtime, undefined]) {
      if (!each) await stage.reopen()
      const now = each ?? (await stage.start())
      await now.settled()
      expect(await now.get(Transfers, '1')).toMatchObject({ document: { notes: { n: [1], m: [1, 2] } } })
      expect(await now.operations.projections()).toMatchObject([
        { parked: 0 },
        { name: 'transfers', parked: 1 },
        { parked: 0 },
      ])
    }
  })

  it('G12 an event that cannot be read parks its stream, and stops neither the world nor the other streams', async () => {
    const runtime = await stage.start()
    await all(runtime, deposit('a', 1), deposit('b', 1))
    const unreadable = { stream: 'account-a', expected: 1, count: 1, payload: 'not what anybody wrote' }
    await stage.events.append([{ streams: [unreadable], commands: [] }])
    await all(runtime, deposit('b', 1))
    await runtime.settled()
    expect(await runtime.get(Balances, 'a')).toMatchObject({ document: { seen: [1] }, version: 1 })
    expect(await runtime.get(Balances, 'b')).toMatchObject({ document: { seen: [1, 2] }, version: 2 })
    await expect(runtime.execute(deposit('a', 1))).rejects.toMatchObject({ name: 'UndecodableEventError' })
    await expect(readLog(stage.events)).rejects.toThrow()
  })
}

/** Lets a process go wrong at its first call, its second and so on, until it comes through; another goes on each time. */
async function atEveryCall(stage: Stage, run: (engine: Engine, point: number) => Promise<boolean>): Promise<void> {
  for (let point = 0, wentWrong = true; wentWrong; point += stage.every) {
    await stage.elsewhere(async (engine) => {
      const writer = await startOn(engine, { app: ledger })
      await all(writer, ...history)
      await writer.stop()
      wentWrong = await run(engine, point)
      const healthy = await startOn(engine)
      await expectPureFold(healthy, engine.events)
      await healthy.stop()
    })
  }
}
