import { expect, it } from 'vitest'
import type { Partition, Roster } from 'weir/ports'
import type { Runtime } from 'weir/runtime'
import { Balances, balancesOfVersion, bank, bankWith, deposit, note, Transfers, transfer } from './bank.ts'
import { never } from './faults.ts'
import { operating } from './operating.ts'
import { accepted, all, expectPureFold, type Stage, type StartOptions } from './stage.ts'

/** A process counts as gone after so many milliseconds. */
const takeOverAfter = 500

const accounts = Array.from({ length: 12 }, (_, index) => `${index}`)

/** Engines that one process at a time uses have no roster: there is nothing to divide then. */
export function divisionLaws(stage: Stage): void {
  const isShared = () => stage.engine.roster !== undefined
  const start = (options: StartOptions = {}) =>
    stage.start({ divides: true, takeOverAfter, pollInterval: 50, ...options })

  it('G4 processes divide the partitions of a projection: each is folded by one, and none is idle', async () => {
    if (!isShared()) return
    const keepers = new Map<string, Set<number>>()
    const keeping = (process: number): StartOptions => ({
      faults: {
        readModels: (readModels) => ({
          save: (partition, ...rest) => {
            const name = nameOf(partition)
            keepers.set(name, (keepers.get(name) ?? new Set()).add(process))
            return readModels.save(partition, ...rest)
          },
        }),
      },
    })
    const runtimes = await Promise.all([0, 1].map((process) => start(keeping(process))))
    await expect.poll(() => keptBy(stage), { timeout: 20_000 }).toBe(true)
    await Promise.all(runtimes.map((each) => settleSome(each)))
    keepers.clear()
    await all(runtimes[0] as Runtime, ...accounts.map((id) => deposit(id, 5)))
    for (const runtime of runtimes) await expectPureFold(runtime, stage.events)
    const ofBalances = [...keepers].filter(([name]) => name.startsWith('balances'))
    expect(ofBalances.length).toBeGreaterThan(1)
    for (const [, processes] of ofBalances) expect(processes.size).toBe(1)
    expect(new Set(ofBalances.flatMap(([, processes]) => [...processes])).size).toBe(2)
  })

  it('G3 the share of a process that is killed is taken over by the others', async () => {
    if (!isShared()) return
    const survivor = await start()
    const victim = mortal(stage)
    const killed = await start(victim.options)
    await all(survivor, ...accounts.map((id) => deposit(id, 5)))
    for (const runtime of [survivor, killed]) await expectPureFold(runtime, stage.events)
    victim.kill()
    await all(survivor, ...accounts.map((id) => deposit(id, 1)), transfer('t', '1', '2', 3), note('n', 't'))
    await expectPureFold(survivor, stage.events)
    stage.forget(killed)
  })

  it('G8 a process that does no work answers reads with tokens when others have done it', async () => {
    if (!isShared()) return
    const worker = await start()
    const server = await start({ works: false })
    for (const id of accounts) {
      const { token } = await accepted(server.execute(deposit(id, 7)))
      expect(await server.get(Balances, id, { token })).toMatchObject({
        consistency: 'reached',
        document: { id, balance: 7 },
      })
    }
    await expect.poll(() => server.readiness(), { timeout: 20_000 }).toMatchObject({ ready: true })
    await worker.stop()
    const { token } = await accepted(server.execute(deposit('1', 7)))
    expect(await server.get(Balances, '1', { token, wait: 100 })).toMatchObject({ consistency: 'timed-out' })
    await start()
    expect(await server.get(Balances, '1', { token, wait: 10_000 })).toMatchObject({ consistency: 'reached' })
  })

  it('what nobody has left to fold is no lag, whichever process is asked', async () => {
    if (!isShared()) return
    const worker = await start()
    const server = await start({ works: false })
    await all(server, deposit('1', 7), deposit('1', 7), deposit('1', 7))
    for (const runtime of [worker, server]) {
      await runtime.settled()
      const projections = await runtime.operations.projections()
      expect(projections.map(({ name, lag }) => [name, lag])).toEqual(projections.map(({ name }) => [name, 0]))
    }
  })

  it('as long as no process works it is told so; a server is ready as soon as one has caught up', async () => {
    if (!isShared()) return
    const server = await start({ works: false })
    await all(server, deposit('1', 7))
    const other = await start({ works: false })
    const reasons = [expect.stringContaining(`no process that works folds projection 'balances'`)]
    expect(await other.readiness()).toMatchObject({ ready: false, reasons: expect.arrayContaining(reasons) })
    const [status] = await other.operations.projections()
    expect(status).toMatchObject({ error: 'no process that works has its definition', lag: 1 })
    const worker = await start()
    await worker.settled()
    await expect.poll(() => other.readiness(), { timeout: 20_000 }).toMatchObject({ ready: true })
    expect(await other.operations.projections()).toMatchObject([{ error: undefined, lag: 0 }, {}, {}])
  })

  it('who observes a read model hears of what other processes have folded', async () => {
    if (!isShared()) return
    await start()
    const server = await start({ works: false })
    const { promise: seen, resolve } = Promise.withResolvers<void>()
    const look = async () => {
      const { document } = await server.get(Balances, '1')
      if (document?.balance === 7) resolve()
    }
    const end = server.observe(Balances, () => void look().catch(() => {}))
    await all(server, deposit('1', 7))
    await seen
    end()
  })

  it('G8 a decision that records nothing is waited for like any other', async () => {
    if (!isShared()) return
    await start()
    const server = await start({ works: false })
    await all(server, deposit('a', 5), transfer('t', 'a', 'b', 1))
    const { token } = await accepted(server.execute(transfer('t', 'a', 'b', 1)))
    const answer = await server.get(Transfers, 't', { token })
    expect(answer).toMatchObject({ consistency: 'reached', document: { id: 't' } })
  })

  it('G9 a rebuild that one process is told to begin is made by all, and followed by all', async () => {
    if (!isShared()) return
    const runtimes = [await start(), await start(), await start({ works: false })] as const
    const [, , server] = runtimes
    await all(server, ...accounts.map((id) => deposit(id, 5)))
    for (const runtime of runtimes) await expectPureFold(runtime, stage.events)
    const { generation } = await server.operations.rebuild('balances')
    for (const { operations } of runtimes) {
      const current = async () => (await operations.projections()).find(({ name }) => name === 'balances')?.generation
      await expect.poll(current, { timeout: 20_000 }).toBe(generation)
    }
    await all(server, ...accounts.map((id) => deposit(id, 1)))
    for (const runtime of runtimes) await expectPureFold(runtime, stage.events)
  })

  it('G9 what processes of another version read is kept for as long as they are there', async () => {
    if (!isShared()) return
    const { clock, start: startAt } = operating(stage.engine)
    const options = { divides: true, keepPrevious: 1000, takeOverAfter }
    const old = await startAt(bank, options)
    await old.execute(deposit('1', 7))
    const next = await startAt(bankWith(balancesOfVersion({ revision: 2 })), options)
    await next.until('balances', 'done')
    const numbers = async () => (await stage.engine.readModels.generations('balances')).map(({ number }) => number)
    await clock.advance(120_000)
    expect(await numbers()).toEqual([1, 2])
    const [token] = (await old.execute(deposit('1', 7))) as [string]
    const read = await old.run(old.runtime.get(Balances, '1', { token }))
    expect(read).toMatchObject({ consistency: 'reached', document: { balance: 14 } })
    await old.stop()
    await clock.advance(120_000)
    expect(await numbers()).toEqual([2])
    await next.stop()
  })

  it('G10 dead letters are seen, retried and discarded through any process', async () => {
    if (!isShared()) return
    let isBroken = true
    const app = bankWith(balancesOfVersion({ fails: () => isBroken }))
    await start({ app })
    const server = await start({ app, works: false })
    await all(server, deposit('a', 5), deposit('b', 5))
    const letters = async () => (await server.operations.deadLetters('balances')).map(({ stream }) => stream)
    await expect.poll(letters, { timeout: 20_000 }).toEqual(['account-a', 'account-b'])
    isBroken = false
    expect(await server.operations.retry('balances', { stream: 'account-a' })).toBe('applied')
    await server.operations.discard('balances', { stream: 'account-b' }, { reason: 'a test', actor: 'ada' })
    await expect.poll(letters, { timeout: 20_000 }).toEqual([])
    const { token } = await accepted(server.execute(deposit('a', 1)))
    const [projection] = app.projections
    if (!projection) throw new Error('there is no projection')
    const answer = await server.get(projection, 'a', { token, wait: 10_000 })
    expect(answer).toMatchObject({ consistency: 'reached', document: { balance: 6 } })
  })
}

/** A process that can be killed: from then on none of its calls takes effect or comes back. */
function mortal({ engine }: Stage): { readonly options: StartOptions; readonly kill: () => void } {
  let isAlive = true
  const whileAlive = <T extends object>(store: T): T =>
    new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function' || name === 'covers' || name === 'onAppended') return method
        return (...args: unknown[]) => (isAlive ? method.apply(target, args) : never)
      },
    })
  const options: StartOptions = {
    divides: whileAlive(engine.roster as Roster),
    faults: { events: (events) => boundMethods(whileAlive(events), ['readFeed', 'append']), readModels: whileAlive },
  }
  return {
    options,
    kill: () => {
      isAlive = false
    },
  }
}

function boundMethods<T extends object>(store: T, names: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(names.map((name) => [name, store[name]])) as Partial<T>
}

function nameOf({ model, partition }: Partition): string {
  return `${model} ${partition}`
}

/** Whether two processes are entered. */
async function keptBy({ engine }: Stage): Promise<boolean> {
  const id = 'a visitor'
  const entered = await engine.roster?.attend(id, JSON.stringify({ works: false, skills: [] }))
  await engine.roster?.leave(id)
  return (entered?.length ?? 0) > 2
}

async function settleSome(runtime: Runtime): Promise<void> {
  await all(runtime, ...accounts.map((id) => deposit(id, 1)))
  await runtime.settled()
}
