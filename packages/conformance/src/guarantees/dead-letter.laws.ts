import { expect, it } from 'vitest'
import { partitionOf } from 'weir/ports'
import { Balances, bankWith, deposit, note, POISON, Transfers, transfer, transfersOfVersion } from './bank.ts'
import { broken, cut, type Faults, gate } from './faults.ts'
import { append } from './history.ts'
import { heldFrom, type Operated, operating } from './operating.ts'
import type { Stage } from './stage.ts'

const HOUR = 60 * 60 * 1000
const order = { reason: 'a typing error of the clerk', actor: 'operator:ada' }

/** A transfer, and when its document is there, notes on it: between partitions, no order is promised. */
async function recordHistory({ execute, run, runtime }: Operated): Promise<void> {
  await execute(deposit('a', 100), transfer('1', 'a', 'b', 5))
  await run(runtime.settled())
  await execute(note('n', '1'), note('n', '1', POISON), note('n', '1'))
}

/** The bank, in which notes fail for as long as `isBroken`. */
function mendable() {
  const mend = { isBroken: true }
  const transfers = transfersOfVersion({
    fails: ({ data }) => mend.isBroken && (data as { readonly text: string }).text === POISON,
  })
  return { mend, transfers, app: bankWith(Balances, transfers) }
}

const shown = async ({ runtime, run }: Operated, transfers = Transfers, id = '1') =>
  ((await run(runtime.get(transfers, id))).document as { readonly notes: object } | undefined)?.notes

export function deadLetterLaws(stage: Stage): void {
  it('G10 dead letters tell what failed where, why, how often and since when', async () => {
    const { start, clock } = operating(stage.engine)
    const bank = await start()
    const { runtime, run } = bank
    const since = new Date(clock.now()).toISOString()
    await recordHistory(bank)
    await run(runtime.settled())
    await bank.advance(5000)
    const letter = {
      consumer: 'transfers',
      kind: 'projection',
      stream: 'note-n',
      version: 2,
      document: undefined,
      timer: undefined,
      error: 'the note is poison',
      attempts: 1,
      since: expect.stringContaining(since.slice(0, 19)),
    }
    const event = { type: 'Noted', stream: 'note-n', version: 2, data: { on: '1', text: POISON } }
    const { operations } = runtime
    const letters = await run(operations.deadLetters())
    expect(letters).toEqual([letter])
    expect(await run(operations.withEvents(letters))).toMatchObject([{ ...letter, event }])
    expect(await run(operations.deadLetters('balances'))).toEqual([])
    expect(await run(operations.retry('transfers', { stream: 'note-n' }))).toBe('parked')
    await bank.stop()
    const next = await start()
    const [again] = await next.run(next.runtime.operations.deadLetters('transfers'))
    expect(again).toMatchObject({ ...letter, attempts: 3 })
  })

  it('G10 what was mended and is retried is applied, with all that waited behind it', async () => {
    const { start } = operating(stage.engine)
    const { mend, transfers, app } = mendable()
    const bank = await start(app)
    await recordHistory(bank)
    const [token] = (await bank.execute(note('n', '1'))) as [string]
    await bank.run(bank.runtime.settled())
    expect(await shown(bank, transfers)).toEqual({ n: [1] })
    expect((await bank.run(bank.runtime.get(transfers, '1', { token }))).consistency).toBe('parked')
    mend.isBroken = false
    expect(await bank.run(bank.runtime.operations.retry('transfers', { stream: 'note-n' }))).toBe('applied')
    expect(await shown(bank, transfers)).toEqual({ n: [1, 2, 3, 4] })
    expect((await bank.run(bank.runtime.get(transfers, '1', { token }))).consistency).toBe('reached')
    expect(await bank.run(bank.runtime.operations.deadLetters())).toEqual([])
  })

  it('G10 what is discarded is recorded with its reason; what waited behind it goes on, here and in every rebuild', async () => {
    const { start } = operating(stage.engine)
    const bank = await start()
    const { runtime, run } = bank
    const { operations } = runtime
    await recordHistory(bank)
    await bank.execute(note('m', '1', POISON))
    await run(runtime.settled())
    await run(operations.discard('transfers', { stream: 'note-n' }, order))
    expect(await shown(bank)).toEqual({ n: [1, 3] })
    const record = {
      consumer: 'transfers',
      stream: 'note-n',
      version: 2,
      attempts: 1,
      ...order,
      at: expect.any(String),
    }
    expect(await run(operations.discarded())).toMatchObject([record])
    await run(operations.rebuild('transfers'))
    await bank.until('transfers', 'done')
    expect(await shown(bank)).toEqual({ n: [1, 3] })
    expect(await run(operations.deadLetters())).toMatchObject([{ stream: 'note-m' }])
    await bank.stop()
    const later = await start(bankWith(Balances, transfersOfVersion({ revision: 2 })))
    await later.run(later.runtime.settled())
    expect(await later.run(later.runtime.operations.deadLetters())).toMatchObject([{ stream: 'note-m' }])
    expect(await later.run(later.runtime.operations.discarded('transfers'))).toMatchObject([record])
  })

  it('G10 what is discarded while a rebuild is under way is left out there as well', async () => {
    const { start } = operating(stage.engine)
    const { faults, open } = heldFrom(2, 1)
    const bank = await start(undefined, { faults: { ...cut(() => 1), ...faults } })
    const { operations } = bank.runtime
    await recordHistory(bank)
    await bank.run(bank.runtime.settled())
    await bank.run(operations.rebuild('transfers'))
    await bank.advance(100)
    const discarded = operations.discard('transfers', { stream: 'note-n' }, order)
    await bank.advance(100)
    open()
    await bank.run(discarded)
    await bank.until('transfers', 'done')
    expect(await shown(bank)).toEqual({ n: [1, 3] })
    expect(await bank.run(operations.deadLetters())).toEqual([])
  })

  it('G10 what is discarded is left out of a rebuild also where it has failed in another way', async ({ skip }) => {
    const { partitions } = stage.engine
    if (partitions < 3) skip('a partition of its own for each is needed')
    const partitionOfTransfer = (id: string) => partitionOf(`transfer-${id}`, partitions)
    const [first, other] = [partitionOfTransfer('1'), partitionOfTransfer('2')]
    expect(first).not.toBe(other)
    const n = Array.from('abcdefghij').find((id) => ![first, other].includes(partitionOf(`note-${id}`, partitions)))
    const gates = new Map([first, other].map((partition) => [partition, gate()]))
    const faults: Faults = {
      readModels: (readModels) => ({
        save: async (partition, ...rest) => {
          if (partition.number === 2) await gates.get(partition.partition)?.opened
          return readModels.save(partition, ...rest)
        },
      }),
    }
    const bank = await operating(stage.engine).start(undefined, { faults })
    const { operations } = bank.runtime
    await bank.execute(deposit('a', 100), transfer('1', 'a', 'b', 5), transfer('2', 'a', 'b', 5))
    await bank.run(bank.runtime.settled())
    await bank.execute(note(`${n}`, '1'), note(`${n}`, '1', POISON), note(`${n}`, '1'))
    await bank.run(bank.runtime.settled())
    await bank.run(operations.rebuild('transfers'))
    await bank.advance(1000)
    gates.get(first)?.open()
    await bank.advance(1000)
    await bank.run(operations.discard('transfers', { stream: `note-${n}` }, order))
    gates.get(other)?.open()
    await bank.until('transfers', 'done')
    expect(await shown(bank)).toEqual({ [`${n}`]: [1, 3] })
    expect(await bank.run(operations.deadLetters())).toEqual([])
  })

  it('G10 an event that failed on the document that it had waited for is a letter for that document', async () => {
    const { start } = operating(stage.engine)
    const { mend, transfers, app } = mendable()
    const bank = await start(app)
    const { operations } = bank.runtime
    await bank.execute(note('n', '1', POISON), note('n', '1'), note('m', '1', POISON), note('m', '1'))
    await bank.run(bank.runtime.settled())
    await bank.execute(deposit('a', 100), transfer('1', 'a', 'b', 5))
    await bank.run(bank.runtime.settled())
    const letters = [
      { stream: 'note-m', document: '1', version: 1 },
      { stream: 'note-n', document: '1', version: 1 },
    ]
    expect(await bank.run(operations.deadLetters())).toMatchObject(letters)
    await expect(bank.run(operations.retry('transfers', { stream: 'note-n' }))).rejects.toMatchObject({
      name: 'OperationRefused',
      code: 'no-dead-letter',
    })
    await bank.run(operations.discard('transfers', { stream: 'note-n', document: '1' }, order))
    expect(await shown(bank, transfers)).toEqual({ n: [2] })
    mend.isBroken = false
    expect(await bank.run(operations.retry('transfers', { stream: 'note-m', document: '1' }))).toBe('applied')
    expect(await shown(bank, transfers)).toEqual({ n: [2], m: [1, 2] })
    mend.isBroken = true
    await bank.run(operations.rebuild('transfers'))
    expect(await bank.until('transfers', 'blocked')).toMatchObject({ newlyParked: ['note-m'] })
  })

  it('G10 an event whose document does not appear for an hour is a letter; discarded, it is not waited with any more', async () => {
    const { start } = operating(stage.engine)
    const bank = await start(undefined, { pollInterval: HOUR })
    const { operations } = bank.runtime
    await bank.execute(note('n', 'never'))
    await bank.run(bank.runtime.settled())
    await bank.advance(HOUR)
    expect(await bank.run(operations.deadLetters())).toEqual([])
    await bank.advance(1000)
    const error = "its document 'never' has not appeared for an hour"
    expect(await bank.run(operations.deadLetters())).toMatchObject([{ stream: 'note-n', document: 'never', error }])
    expect(await bank.run(operations.retry('transfers', { stream: 'note-n', document: 'never' }))).toBe('parked')
    await bank.run(operations.discard('transfers', { stream: 'note-n', document: 'never' }, order))
    expect(await bank.run(operations.discarded())).toMatchObject([{ error, attempts: 0 }])
    await bank.run(operations.rebuild('transfers'))
    await bank.until('transfers', 'done')
    expect(await bank.status('transfers')).toMatchObject({ generation: 2, deferred: 0, parked: 0 })
  })

  it('G12 events that cannot be read are letters without an event, and can be discarded one by one', async () => {
    const { start } = operating(stage.engine)
    const bank = await start()
    const { operations } = bank.runtime
    await bank.execute(deposit('a', 1))
    const unreadable = { stream: 'account-a', expected: 1, count: 2, payload: 'not what anybody wrote' }
    await stage.events.append([{ streams: [unreadable], commands: [] }])
    await append(stage.events, 'account-a', 'Deposited', { amount: 5 }, 3)
    await bank.run(bank.runtime.settled())
    for (const version of [2, 3]) {
      const letters = await bank.run(operations.deadLetters())
      expect(letters).toMatchObject([{ stream: 'account-a', version }])
      expect(await bank.run(operations.withEvents(letters))).toMatchObject([{ version, event: undefined }])
      await bank.run(operations.discard('balances', { stream: 'account-a' }, order))
    }
    const after = { document: { balance: 6, seen: [1, 4] }, version: 4 }
    expect(await bank.run(bank.runtime.get(Balances, 'a'))).toMatchObject(after)
    await bank.run(operations.rebuild('balances'))
    await bank.until('balances', 'done')
    expect(await bank.run(bank.runtime.get(Balances, 'a'))).toMatchObject(after)
  })

  it('G10 a discard that the store fails at has no effect, or all of it', async () => {
    for (const when of ['before', 'after'] as const) {
      await stage.elsewhere(async (engine) => {
        const { start } = operating(engine)
        let fails = false
        const faults: Faults = {
          readModels: (readModels) => ({
            save: async (...changes) => {
              if (fails && when === 'before') await broken()
              const outcome = await readModels.save(...changes)
              return fails ? broken() : outcome
            },
          }),
        }
        const bank = await start(undefined, { faults })
        const { operations } = bank.runtime
        await recordHistory(bank)
        await bank.run(bank.runtime.settled())
        fails = true
        const discard = () => bank.run(operations.discard('transfers', { stream: 'note-n' }, order))
        await expect(discard()).rejects.toMatchObject({ name: 'UnavailableError' })
        fails = false
        await bank.advance(1000)
        expect(await bank.run(operations.deadLetters())).toHaveLength(when === 'before' ? 1 : 0)
        if (when === 'before') await discard()
        expect(await shown(bank)).toEqual({ n: [1, 3] })
        expect(await bank.run(operations.discarded())).toHaveLength(1)
      })
    }
  })

  it('G10 what operators ask for and cannot have is refused in words that say what there is', async () => {
    const { start } = operating(stage.engine)
    const bank = await start()
    const { runtime, run } = bank
    const { operations } = runtime
    await recordHistory(bank)
    await run(runtime.settled())
    const refused = (asked: Promise<unknown>, code: string, words: string) =>
      expect(run(asked)).rejects.toMatchObject({
        name: 'OperationRefused',
        code,
        message: expect.stringContaining(words),
      })
    await refused(operations.rebuild('balance'), 'unknown-consumer', 'balances, transfers, limits')
    await refused(operations.deadLetters('nobody'), 'unknown-consumer', 'balances')
    await refused(operations.retry('transfers', { stream: 'note-x' }), 'no-dead-letter', 'note-x')
    await refused(operations.retry('transfers', { stream: 'note-n', timer: 't' }), 'no-dead-letter', 'note-n')
    await refused(operations.discard('transfers', { stream: 'note-x' }, order), 'no-dead-letter', 'note-x')
    for (const reason of ['', '  ']) {
      await refused(
        operations.discard('transfers', { stream: 'note-n' }, { ...order, reason }),
        'reason-missing',
        'why',
      )
    }
    expect(await run(operations.deadLetters())).toHaveLength(1)
  })
}
