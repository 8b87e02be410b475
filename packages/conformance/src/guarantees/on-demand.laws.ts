import { expect, it } from 'vitest'
import { EngineError } from 'weir/ports'
import type { OnDemand, Runtime } from 'weir/runtime'
import { Balances, deposit, note, transfer } from './bank.ts'
import { change, consequencesOf, courier, depot, dueConsequencesOf, place } from './depot.ts'
import { all, expectPureFold, type Stage, type StartOptions } from './stage.ts'

const accounts = Array.from({ length: 8 }, (_, index) => `${index}`)
const projections = ['balances', 'transfers', 'limits']

/** Processes that rest between calls, as functions in a cloud do: who folds and reacts is whoever is called. */
export function onDemandLaws(stage: Stage): void {
  const start = async (options: StartOptions = {}) => {
    const runtime = await stage.start({ divides: true, works: 'on demand', ...options })
    return { runtime, onDemand: runtime.onDemand as OnDemand }
  }
  const startDesk = (options: StartOptions = {}) =>
    stage.start({ divides: true, works: false, onRebuildWanted: () => {}, ...options })
  const partitions = () => [...Array(stage.engine.partitions).keys()]
  const foldAll = ({ onDemand }: { readonly onDemand: OnDemand }) =>
    Promise.all(projections.flatMap((name) => partitions().map((each) => onDemand.fold(name, each))))

  it('G4 several are called for the same at the same time: each event is applied once', async () => {
    const desk = await startDesk()
    const workers = [await start(), await start()] as const
    await all(desk, ...accounts.map((id) => deposit(id, 5)), note('n', 't'), transfer('t', '1', '2', 3))
    await Promise.all([...workers, ...workers].map(foldAll))
    await all(desk, ...accounts.map((id) => deposit(id, 1)))
    await Promise.all(workers.map(foldAll))
    for (const runtime of [desk, workers[0].runtime, workers[1].runtime]) await expectPureFold(runtime, stage.events)
    expect((await workers[0].onDemand.due()).projections).toEqual([])
  })

  it('G8 who waits is shown what was written as soon as somebody was called for it', async () => {
    const desk = await startDesk()
    const worker = await start()
    const [{ token } = { token: '' }] = await all(desk, deposit('1', 5))
    expect(await desk.get(Balances, '1', { token, wait: 0 })).toMatchObject({ consistency: 'timed-out' })
    const waiting = desk.get(Balances, '1', { token })
    await foldAll(worker)
    expect(await waiting).toMatchObject({ consistency: 'reached', document: { balance: 5 } })
  })

  it('G3 a call that fails at any call of the store is made good by the next one', async () => {
    const desk = await startDesk()
    const worker = await start()
    for (let point = 0, isOver = false; !isOver; point += stage.every) {
      let calls = 0
      const fail = async () => {
        if (calls++ === point) throw new EngineError('the store is away for a moment')
      }
      const lame = await start({
        faults: {
          readModels: (store) => ({
            open: (...args) => fail().then(() => store.open(...args)),
            save: (...args) => fail().then(() => store.save(...args)),
            loadWaiting: (...args) => fail().then(() => store.loadWaiting(...args)),
          }),
        },
      }).catch(() => undefined)
      await all(desk, deposit('1', 5), deposit('2', 5))
      if (lame) await foldAll(lame).catch(() => {})
      isOver = calls <= point
      await lame?.runtime.stop()
    }
    await foldAll(worker)
    await expectPureFold(desk, stage.events)
  })

  it('G5 the commands of policies take effect once, whoever is called for them, and how often', async () => {
    const options = { app: depot, services: courier() }
    const desk = await startDesk(options)
    const workers = [await start(options), await start(options)] as const
    await all(desk, place('a', 1), place('b', 2), change('a', 3), place('c', 4), change('b', 5))
    await reactToAll(workers)
    await all(desk, change('c', 6))
    await reactToAll(workers)
    const log = await stage.log()
    expect(consequencesOf(log)).toEqual(dueConsequencesOf(log))
    const { next } = await workers[0].onDemand.react('expire')
    expect(next).toMatchObject({ kind: 'timer' })
  })

  it('G9 a rebuild is folded in pieces by several, and takes over while commands are executed', async () => {
    const desk = await startDesk()
    const workers = [await start(), await start()] as const
    await all(desk, ...accounts.map((id) => deposit(id, 5)))
    await Promise.all(workers.map(foldAll))
    await desk.operations.rebuild('balances')
    const foldRebuild = ({ onDemand }: (typeof workers)[number]) =>
      Promise.all(partitions().map((each) => onDemand.foldRebuild('balances', each)))
    expect(await workers[0].onDemand.prepare('balances')).toMatchObject({ outcome: 'prepared', generation: 2 })
    const busy = all(desk, ...accounts.map((id) => deposit(id, 1)))
    await Promise.all([...workers.map(foldRebuild), foldAll(workers[1])])
    const switches = workers.map(({ onDemand }) => onDemand.switchOver('balances', { deadline: Date.now() + 20_000 }))
    expect(await Promise.all(switches)).toContain('serving')
    const last = (await busy).at(-1)
    await Promise.all(workers.map(foldAll))
    expect(await generationOf(desk)).toBe(2)
    const read = await desk.get(Balances, accounts.at(-1) as string, { token: last?.token ?? '' })
    expect(read).toMatchObject({ consistency: 'reached', document: { balance: 6 } })
    await expectPureFold(desk, stage.events)
  })
}

/** As doorbells would have it: each for as long as there is something to do. */
async function reactToAll(workers: readonly { readonly onDemand: OnDemand }[]): Promise<void> {
  for (;;) {
    const due = await Promise.all(workers.map(({ onDemand }) => onDemand.due()))
    const policies = due.flatMap((each) => each.policies)
    if (policies.length === 0) return
    await Promise.all(workers.flatMap(({ onDemand }) => policies.map((policy) => onDemand.react(policy))))
  }
}

async function generationOf({ operations }: Runtime): Promise<number | undefined> {
  return (await operations.projections()).find(({ name }) => name === 'balances')?.generation
}
