import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AnyProjection, CommandMessage } from 'weir'
import type { Runtime } from 'weir/runtime'
import { Balances, deposit, freeze, Limits, note, POISON, setLimit, Transfers, transfer } from './bank.ts'
import { cut, type Faults, gate } from './faults.ts'
import { accepted, all, type Stage, startOn } from './stage.ts'

/** Read models that save nothing until the gate is opened. */
function held(): { readonly faults: Faults; readonly open: () => void } {
  const { opened, open } = gate()
  const faults: Faults = {
    readModels: (readModels) => ({
      save: async (...saved) => {
        await opened
        return readModels.save(...saved)
      },
    }),
  }
  return { faults, open }
}

const tokenOf = async (runtime: Runtime, message: CommandMessage, commandId?: string): Promise<string> =>
  (await accepted(runtime.execute(message, commandId ? { commandId } : {}))).token

const consistency = async (runtime: Runtime, projection: AnyProjection, token: string, wait = 5000) =>
  (await runtime.get(projection, 'a', { token, wait })).consistency

export function tokenLaws(stage: Stage): void {
  it('G8 a read that bears a token waits until its read model shows that write', async () => {
    const { faults, open } = held()
    const runtime = await stage.start({ faults })
    const token = await tokenOf(runtime, deposit('a', 7))
    expect(await consistency(runtime, Balances, token, 5)).toBe('timed-out')
    const [read, list] = [runtime.get(Balances, 'a', { token }), runtime.list(Balances, { token })]
    open()
    expect(await read).toMatchObject({ consistency: 'reached', document: { balance: 7 }, version: 1 })
    expect(await list).toMatchObject({ consistency: 'reached', documents: [{ balance: 7 }] })
    expect((await runtime.get(Balances, 'a')).consistency).toBeUndefined()
  })

  it('G8 a token stands for every stream that the command wrote to', async () => {
    const { faults, open } = held()
    const runtime = await stage.start({ faults })
    await all(runtime, deposit('b', 10))
    const first = await tokenOf(runtime, transfer('1', 'b', 'a', 5), 'k')
    const repeated = await tokenOf(runtime, transfer('1', 'b', 'a', 5), 'k')
    for (const token of [first, repeated]) {
      expect(await consistency(runtime, Balances, token, 5)).toBe('timed-out')
      expect(await consistency(runtime, Transfers, token, 5)).toBe('timed-out')
    }
    open()
    for (const token of [first, repeated]) {
      const shown = { consistency: 'reached', document: { balance: 5 } }
      expect(await runtime.get(Balances, 'a', { token })).toMatchObject(shown)
    }
  })

  it('G8 the token of a command without events, and of a repeated one, stand for what they answered', async () => {
    const { faults, open } = held()
    const runtime = await stage.start({ faults })
    await tokenOf(runtime, deposit('a', 7), 'k')
    await all(runtime, freeze('a'))
    const tokens = [await tokenOf(runtime, freeze('a')), await tokenOf(runtime, deposit('a', 7), 'k')]
    for (const token of tokens) expect(await consistency(runtime, Balances, token, 5)).toBe('timed-out')
    open()
    for (const token of tokens) {
      expect(await runtime.get(Balances, 'a', { token })).toMatchObject({ consistency: 'reached', version: 2 })
    }
  })

  it('G8 joined tokens are reached when all of them are', async () => {
    const { faults, open } = held()
    const runtime = await stage.start({ faults })
    const tokens = [await tokenOf(runtime, setLimit('l', 1)), await tokenOf(runtime, deposit('a', 7))]
    expect(await consistency(runtime, Limits, tokens.join(','), 5)).toBe('timed-out')
    open()
    expect(await consistency(runtime, Limits, tokens.join(', '))).toBe('reached')
    expect(await runtime.get(Balances, 'a', { token: tokens.join(',') })).toMatchObject({ document: { balance: 7 } })
  })

  it('G8 a read model that takes no events from the aggregate is reached at once', async () => {
    const { faults, open } = held()
    const runtime = await stage.start({ faults })
    const token = await tokenOf(runtime, deposit('a', 7))
    expect(await consistency(runtime, Limits, token, 60_000)).toBe('reached')
    open()
  })

  it('G8 an event that waits for its document is not reached before it is applied', async () => {
    const runtime = await stage.start()
    await all(runtime, deposit('a', 10))
    const token = await tokenOf(runtime, note('n', 'a'))
    await runtime.settled()
    expect(await consistency(runtime, Transfers, token, 5)).toBe('timed-out')
    const read = runtime.get(Transfers, 'a', { token })
    await all(runtime, transfer('a', 'a', 'b', 1))
    expect(await read).toMatchObject({ consistency: 'reached', document: { notes: { n: [1] } } })
  })

  it('G8 an event that is parked, and all behind it, say so at once; earlier ones are reached', async () => {
    const runtime = await stage.start()
    await all(runtime, deposit('a', 10), transfer('a', 'a', 'b', 1))
    const before = await tokenOf(runtime, note('n', 'a'))
    const poison = await tokenOf(runtime, note('n', 'a', POISON))
    const behind = await tokenOf(runtime, note('n', 'a'))
    await runtime.settled()
    const found = await Promise.all([before, poison, behind].map((token) => consistency(runtime, Transfers, token)))
    expect(found).toEqual(['reached', 'parked', 'parked'])
    expect(await consistency(runtime, Transfers, `${before},${behind}`)).toBe('parked')
    await stage.reopen()
    expect(await consistency(await stage.start(), Transfers, behind)).toBe('parked')
  })

  it('G8 tokens outlive a restart; those of another store, and what is none, are refused by name', async () => {
    const runtime = await stage.start()
    const token = await tokenOf(runtime, deposit('a', 7))
    const foreign = await stage.elsewhere(async (engine) => {
      const other = await startOn(engine)
      const written = await tokenOf(other, deposit('a', 7))
      await other.stop()
      return written
    })
    await stage.reopen()
    const restarted = await stage.start()
    expect(await restarted.get(Balances, 'a', { token })).toMatchObject({ consistency: 'reached', version: 1 })
    const refused = (text: string) => expect(restarted.get(Balances, 'a', { token: text })).rejects
    await refused(foreign).toMatchObject({ name: 'BadRequestError', code: 'foreign-consistency-token' })
    await refused(`${token},${foreign}`).toMatchObject({ code: 'foreign-consistency-token' })
    await refused('nonsense').toMatchObject({ name: 'BadRequestError', code: 'malformed-consistency-token' })
  })

  it('G8 however slow the read models are, none claims to have reached what it does not show', async () => {
    const id = fc.constantFrom('a', 'b')
    const step = fc.record({ id, other: id, kind: fc.constantFrom('deposit', 'transfer', 'freeze'), wait: fc.nat(3) })
    const turns = fc.infiniteStream(fc.nat(3))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), turns, (steps, pauses) =>
        stage.elsewhere(async (engine) => {
          const slow: Faults = {
            ...cut(() => 1),
            readModels: (readModels) => ({
              save: async (...saved) => {
                await turnsOf(pauses.next().value)
                const outcome = await readModels.save(...saved)
                await turnsOf(pauses.next().value)
                return outcome
              },
            }),
          }
          const runtime = await startOn(engine, { faults: slow })
          const reads: Promise<void>[] = []
          await all(runtime, deposit('a', 1000), deposit('b', 1000))
          for (const [index, { id: from, other, kind, wait }] of steps.entries()) {
            const made = transfer(`${index}`, from, other, 1)
            const message = { deposit: deposit(from, 1), transfer: made, freeze: freeze(from) }[kind] as CommandMessage
            const { token } = await accepted(runtime.execute(message))
            const seen = (await engine.events.readStream(`account-${other}`, 0, 1000)).length
            reads.push(
              expectShown(runtime, kind === 'transfer' ? other : from, token, kind === 'transfer' ? seen : 1, wait),
            )
          }
          await Promise.all(reads)
          await runtime.stop()
        }),
      ),
      { numRuns: Math.ceil(20 / stage.every) },
    )
  })
}

async function turnsOf(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

async function expectShown(runtime: Runtime, id: string, token: string, version: number, wait: number): Promise<void> {
  const answer = await runtime.get(Balances, id, { token, wait: wait === 0 ? 5000 : wait - 1 })
  expect(answer.consistency).toMatch(/^(reached|timed-out)$/)
  if (wait === 0) expect(answer.consistency).toBe('reached')
  if (answer.consistency === 'reached') expect(answer.version).toBeGreaterThanOrEqual(version)
}
