import { expect, it } from 'vitest'
import { silentLogger } from 'weir/ports'
import type { LetterAddress } from 'weir/runtime'
import { Balances, balancesOfVersion, bankWith, deposit, note, POISON, transfersOfVersion } from './bank.ts'
import { broken, cut, type Faults } from './faults.ts'
import { heldFrom, type Operated, operating } from './operating.ts'
import { history, Later, later, notPossible } from './rebuilt-bank.ts'
import { expectPureFold, type Stage } from './stage.ts'

const byId = { filters: [{ field: 'id', operator: 'eq' as const, value: 'a' }] }

export function rebuildLaws(stage: Stage): void {
  it('G9 while history is folded anew the old generation serves and stays current; then the new one takes over', async () => {
    const { start } = operating(stage.engine)
    const { faults, open } = heldFrom(2)
    const { runtime, run, ...bank } = await start(undefined, { faults })
    const { operations } = runtime
    await bank.execute(...history)
    expect(await run(operations.rebuildStatus('balances'))).toMatchObject({ generation: 1, state: 'done' })
    expect(await run(operations.rebuild('balances'))).toMatchObject({ generation: 2, state: 'running' })
    const [token] = (await bank.execute(deposit('a', 7))) as [string]
    const shown = { consistency: 'reached', document: { balance: 105 } }
    expect(await run(runtime.get(Balances, 'a', { token }))).toMatchObject(shown)
    expect(await bank.status('balances')).toMatchObject({ generation: 1, rebuild: { state: 'running', generation: 2 } })
    expect(await run(operations.rebuild('balances'))).toMatchObject({ generation: 2, state: 'running' })
    open()
    const done = await bank.until('balances', 'done')
    expect(done).toMatchObject({ generation: 2, newlyParked: [], error: undefined, secondsLeft: 0 })
    expect(done.done).toBe(done.total)
    expect(await run(runtime.get(Balances, 'a', { token }))).toMatchObject(shown)
    expect(await bank.status('balances')).toMatchObject({ generation: 2, previous: { generation: 1, canServe: true } })
    await bank.execute(deposit('a', 1))
    await run(expectPureFold(runtime, stage.events))
  })

  it('G8 G9 the new generation does not take over before it shows all that the old one has shown', async () => {
    const { start, clock } = operating(stage.engine)
    const { faults, open } = heldFrom(2)
    const { runtime, run, ...bank } = await start(undefined, { faults })
    await bank.execute(...history)
    await run(runtime.operations.rebuild('balances'))
    await bank.advance(10)
    const [token] = (await bank.execute(deposit('a', 7))) as [string]
    expect(await run(runtime.get(Balances, 'a', { token }))).toMatchObject({ consistency: 'reached', version: 5 })
    open()
    const versions = new Set<number>()
    for (let turn = 0; (await bank.status('balances')).generation === 1 || turn < 50; turn += 1) {
      versions.add((await runtime.get(Balances, 'a')).version)
      await run(new Promise<void>((resolve) => clock.soon(resolve)))
    }
    expect([...versions]).toEqual([5])
  })

  it('G9 a rebuild that was killed goes on where it was saved; one that was stopped stays so until it is told', async () => {
    const { start } = operating(stage.engine)
    const writer = await start()
    await writer.execute(...history)
    await writer.run(writer.runtime.settled())
    await writer.stop()
    const killed = await start(undefined, { faults: { ...cut(() => 1), ...heldFrom(2, 4).faults } })
    await killed.run(killed.runtime.operations.rebuild('balances'))
    // Every partition has something left, so that none is through before the rebuild is told to stop.
    await killed.execute(...['c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((id) => deposit(id, 1)))
    await killed.advance(1000)
    const { done } = await killed.runtime.operations.rebuildStatus('balances')
    const { faults, open } = heldFrom(2)
    const next = await start(undefined, { faults })
    expect(await next.run(next.runtime.operations.rebuildStatus('balances'))).toMatchObject({
      state: 'running',
      done,
    })
    const stopping = next.runtime.operations.stopRebuild('balances')
    open()
    expect(await next.run(stopping)).toMatchObject({ state: 'stopped', generation: 2 })
    await next.stop()
    const last = await start()
    await last.advance(60_000)
    expect(await last.status('balances')).toMatchObject({ generation: 1, rebuild: { state: 'stopped', generation: 2 } })
    expect(await last.run(last.runtime.operations.rebuild('balances'))).toMatchObject({
      state: 'running',
      generation: 2,
    })
    await last.until('balances', 'done')
    await last.run(expectPureFold(last.runtime, stage.events))
  })

  it('G9 a changed definition whose rebuild was stopped says at the next start, and to who asks, how to go on', async () => {
    const { start } = operating(stage.engine)
    const before = await start()
    await before.execute(...history)
    await before.stop()
    const { faults, open } = heldFrom(2)
    const changed = await start(later, { faults })
    const stopping = changed.runtime.operations.stopRebuild('balances')
    open()
    await changed.run(stopping)
    await changed.stop()
    const warned: unknown[] = []
    const warn = (fields: object, message: string) => warned.push({ ...fields, message })
    const { runtime, run, ...next } = await start(later, { logger: { ...silentLogger, warn } })
    const howToGoOn = expect.stringMatching(/stopped.*'weir rebuild balances'/)
    expect(warned).toEqual([{ app: 'bank', projection: 'balances', generation: 2, message: howToGoOn }])
    await run(runtime.settled())
    expect(await run(runtime.readiness())).toEqual({ ready: false, reasons: [howToGoOn] })
    await run(runtime.operations.rebuild('balances'))
    await next.until('balances', 'done')
    expect(await run(runtime.readiness())).toMatchObject({ ready: true })
  })

  it('G9 a rebuild that was cancelled leaves nothing, and the old generation in place', async () => {
    const { start } = operating(stage.engine)
    const { faults, open } = heldFrom(2)
    const { runtime, run, ...bank } = await start(undefined, { faults })
    const { operations } = runtime
    await bank.execute(...history)
    await expect(run(operations.cancelRebuild('balances'))).rejects.toMatchObject(notPossible('no rebuild'))
    await run(operations.rebuild('balances'))
    const cancelling = operations.cancelRebuild('balances')
    open()
    expect(await run(cancelling)).toMatchObject({ generation: 2, state: 'cancelled', endedAt: expect.any(String) })
    const left = () => stage.engine.readModels.generations('balances')
    await expect.poll(left).toMatchObject([{ number: 1, state: 'serving' }])
    await run(expectPureFold(runtime, stage.events))
    expect(await run(operations.rebuild('balances'))).toMatchObject({ generation: 3 })
    await bank.until('balances', 'done')
  })

  it('G9 a changed definition is folded into a new generation, while the old one is read as it is', async () => {
    const { start } = operating(stage.engine)
    const before = await start()
    const tokens = await before.execute(...history)
    await before.run(before.runtime.settled())
    await before.stop()
    const { faults, open } = heldFrom(2)
    const { runtime, run, ...bank } = await start(later, { faults })
    await bank.advance(1000)
    expect(await bank.status('balances')).toMatchObject({ generation: 1, frozen: true, current: false })
    const rebuilt = expect.stringMatching(/balances.*rebuilt/)
    expect(await run(runtime.readiness())).toEqual({ ready: false, reasons: [rebuilt] })
    await expect(run(runtime.operations.cancelRebuild('balances'))).rejects.toMatchObject(notPossible('definition'))
    const covered = { token: tokens.join(',') }
    expect(await run(runtime.get(Later, 'a', covered))).toMatchObject({
      consistency: 'reached',
      document: { balance: 98 },
    })
    const [token] = (await bank.execute(deposit('a', 7))) as [string]
    const late = await run(runtime.get(Later, 'a', { token, wait: 20 }))
    expect(late).toMatchObject({ consistency: 'timed-out', document: { balance: 98 } })
    await expect(run(runtime.list(Later, byId))).rejects.toMatchObject({
      name: 'UnavailableError',
      message: expect.stringContaining('being rebuilt'),
    })
    const waiting = runtime.get(Later, 'a', { token })
    open()
    expect(await run(waiting)).toMatchObject({ consistency: 'reached', document: { balance: 105 } })
    expect((await run(runtime.list(Later, byId))).documents).toHaveLength(1)
    await run(runtime.settled())
    expect(await run(runtime.readiness())).toEqual({ ready: true, reasons: [] })
    const previous = { generation: 1, canServe: false }
    expect(await bank.status('balances')).toMatchObject({ generation: 2, frozen: false, current: true, previous })
  })

  it('G9 streams that are parked only in the new generation block it, until they are accepted by name', async () => {
    const { start } = operating(stage.engine)
    const before = await start()
    await before.execute(...history)
    await before.run(before.runtime.settled())
    await before.execute(note('p', '1', POISON), note('q', '1', 'odd'), note('r', '1', 'odd'))
    await before.run(before.runtime.settled())
    await before.stop()
    const strict = transfersOfVersion({
      revision: 2,
      fails: ({ data }) => textOf(data) === POISON || textOf(data) === 'odd',
    })
    const { runtime, run, ...bank } = await start(bankWith(Balances, strict))
    const { operations } = runtime
    expect(await bank.until('transfers', 'blocked')).toMatchObject({ newlyParked: ['note-q', 'note-r'] })
    expect(await bank.status('transfers')).toMatchObject({ generation: 1, frozen: true })
    await expect(run(operations.acceptParked('transfers', ['note-p']))).rejects.toMatchObject(notPossible('note-p'))
    expect(await run(operations.acceptParked('transfers', ['note-q']))).toMatchObject({ state: 'blocked' })
    // In the new generation it may have waited for its document.
    const letters = await run(operations.deadLetters('transfers'))
    const letter = letters.find(({ stream }) => stream === 'note-r')
    expect(await run(operations.retry('transfers', letter as LetterAddress))).toBe('parked')
    expect(await run(operations.acceptParked('transfers', ['note-r']))).toMatchObject({ state: 'done' })
    expect(await bank.status('transfers')).toMatchObject({ generation: 2, frozen: false, parked: 3 })
  })

  it('G9 what is parked only in the new generation does not block it any more once it was mended and retried', async () => {
    const { start } = operating(stage.engine)
    let isBroken = false
    const fails = () => isBroken
    const { runtime, run, ...bank } = await start(bankWith(balancesOfVersion({ fails })))
    const { operations } = runtime
    await bank.execute(...history)
    await run(runtime.settled())
    isBroken = true
    await run(operations.rebuild('balances'))
    expect(await bank.until('balances', 'blocked')).toMatchObject({ newlyParked: ['account-a', 'account-b'] })
    isBroken = false
    await bank.execute(deposit('a', 7))
    expect(await bank.status('balances')).toMatchObject({ generation: 1, parked: 0, rebuild: { state: 'blocked' } })
    for (const stream of ['account-a', 'account-b'])
      expect(await run(operations.retry('balances', { stream }))).toBe('applied')
    await bank.until('balances', 'done')
    expect(await bank.status('balances')).toMatchObject({ generation: 2, parked: 0 })
  })

  it('G9 a rebuild whose storage fails goes on when it can; the old generation serves on', async () => {
    const { start } = operating(stage.engine)
    let isFull = true
    const faults: Faults = {
      readModels: (readModels) => ({
        save: async (generation, ...rest) =>
          isFull && generation.number > 1 ? broken() : readModels.save(generation, ...rest),
      }),
    }
    const { runtime, run, ...bank } = await start(undefined, { faults })
    await bank.execute(...history)
    await run(runtime.operations.rebuild('balances'))
    await bank.advance(2000)
    const [token] = (await bank.execute(deposit('a', 7))) as [string]
    expect(await run(runtime.get(Balances, 'a', { token }))).toMatchObject({ consistency: 'reached' })
    const stuck = {
      generation: 1,
      error: undefined,
      rebuild: { state: 'running', error: expect.stringContaining('disk') },
    }
    expect(await bank.status('balances')).toMatchObject(stuck)
    expect(await run(runtime.readiness())).toMatchObject({ ready: true })
    isFull = false
    await bank.until('balances', 'done')
    await run(expectPureFold(runtime, stage.events))
  })

  it('G8 while nobody knows whether the new generation serves, nothing more is shown: nor does a start lead back', async () => {
    const { start } = operating(stage.engine)
    let isLost = true
    let hasServed = false
    const faults: Faults = {
      readModels: (readModels) => ({
        serve: async (generation, ...asked) => {
          const outcome = await readModels.serve(generation, ...asked)
          hasServed ||= generation.number > 1
          return isLost && hasServed ? broken() : outcome
        },
        save: async (generation, ...changes) =>
          isLost && hasServed && generation.number > 1 ? broken() : readModels.save(generation, ...changes),
      }),
    }
    const shown = async ({ run, runtime }: Operated) => (await run(runtime.get(Balances, 'a'))).version ?? 0
    const killed = await start(undefined, { faults })
    await killed.execute(...history)
    await killed.run(killed.runtime.settled())
    await killed.run(killed.runtime.operations.rebuild('balances'))
    for (let turn = 0; !hasServed && turn < 100; turn += 1) await killed.advance(10)
    await killed.execute(deposit('a', 7))
    await killed.advance(5000)
    const before = await shown(killed)
    const next = await start()
    expect(await shown(next)).toBeGreaterThanOrEqual(before)
    isLost = false
    await killed.advance(5000)
    await next.run(expectPureFold(next.runtime, stage.events))
  })

  it('G9 a rebuild that another process has taken over is given up here, and followed when that one is done', async () => {
    const { start } = operating(stage.engine)
    const { faults, open } = heldFrom(2)
    const first = await start(undefined, { faults })
    await first.execute(...history)
    await first.run(first.runtime.operations.rebuild('balances'))
    const second = await start()
    await second.until('balances', 'done')
    open()
    await first.until('balances', 'failed')
    await second.execute(deposit('a', 7))
    await first.run(expectPureFold(first.runtime, stage.events))
    await first.advance(61_000)
    expect(await first.status('balances')).toMatchObject({ generation: 2, error: undefined })
    await first.run(expectPureFold(first.runtime, stage.events))
  })
}

const textOf = (data: unknown): string => (data as { readonly text: string }).text
