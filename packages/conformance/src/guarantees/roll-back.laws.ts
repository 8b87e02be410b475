import { expect, it } from 'vitest'
import { bank, deposit } from './bank.ts'
import { operating } from './operating.ts'
import { history, later, notPossible } from './rebuilt-bank.ts'
import { expectPureFold, type Stage } from './stage.ts'

const DAY = 24 * 60 * 60 * 1000

export function rollBackLaws(stage: Stage): void {
  it('G9 an earlier version that is deployed again finds its generation, and has it current before it is ready', async () => {
    const { start } = operating(stage.engine)
    for (const [app, number] of [
      [bank, 1],
      [later, 2],
      [bank, 1],
      [later, 2],
    ] as const) {
      const deployed = await start(app)
      await deployed.execute(deposit('a', 5))
      await deployed.run(deployed.runtime.settled())
      expect(await deployed.status('balances')).toMatchObject({ generation: number, frozen: false })
      expect(await deployed.run(deployed.runtime.readiness())).toMatchObject({ ready: true })
      await deployed.stop()
    }
    const last = await start()
    await last.run(expectPureFold(last.runtime, stage.events))
    expect(await stage.engine.readModels.generations('balances')).toHaveLength(2)
  })

  it('G9 one can go back to the generation that served before, for as long as it is kept', async () => {
    const { start } = operating(stage.engine)
    const { runtime, run, ...bank } = await start()
    const { operations } = runtime
    await bank.execute(...history)
    await expect(run(operations.rollBack('balances'))).rejects.toMatchObject(notPossible('no earlier'))
    await run(operations.rebuild('balances'))
    await bank.until('balances', 'done')
    await bank.execute(deposit('a', 7))
    expect(await run(operations.rollBack('balances'))).toMatchObject({ generation: 1 })
    await bank.until('balances', 'done')
    expect(await bank.status('balances')).toMatchObject({ generation: 1, previous: { generation: 2 } })
    await run(expectPureFold(runtime, stage.events))
    await bank.stop()
    const next = await start(undefined, { pollInterval: DAY })
    await next.advance(DAY - 1000)
    expect(await next.status('balances')).toMatchObject({ generation: 1, previous: { generation: 2 } })
    await next.advance(1000)
    expect(await next.status('balances')).toMatchObject({ generation: 1, previous: undefined })
    expect(await stage.engine.readModels.generations('balances')).toMatchObject([{ number: 1 }])
    await next.stop()
    const changed = await start(later)
    await changed.run(changed.runtime.settled())
    const words = notPossible('another version of the definition: deploy that version')
    await expect(changed.run(changed.runtime.operations.rollBack('balances'))).rejects.toMatchObject(words)
  })

  it('G9 a generation that was gone back to, and given up again, is kept as it was, also by the next process', async () => {
    const { start } = operating(stage.engine)
    const bank = await start()
    await bank.execute(...history)
    await bank.run(bank.runtime.operations.rebuild('balances'))
    await bank.until('balances', 'done')
    await bank.advance(1000)
    const kept = await bank.status('balances')
    expect(kept).toMatchObject({ generation: 2, previous: { generation: 1 } })
    await bank.run(bank.runtime.operations.rollBack('balances'))
    await bank.run(bank.runtime.operations.stopRebuild('balances'))
    await bank.stop()
    const next = await start()
    await next.advance(1000)
    expect(await next.run(next.runtime.operations.cancelRebuild('balances'))).toMatchObject({ state: 'cancelled' })
    await next.advance(1000)
    expect(await next.status('balances')).toMatchObject({ generation: 2, previous: kept?.previous })
    await next.run(next.runtime.operations.rollBack('balances'))
    await next.until('balances', 'done')
    await next.run(expectPureFold(next.runtime, stage.events))
  })

  it('G9 one generation is kept at most beside the one that serves', async () => {
    const { start } = operating(stage.engine)
    const bank = await start()
    await bank.execute(...history)
    for (const number of [2, 3, 4]) {
      expect(await bank.run(bank.runtime.operations.rebuild('balances'))).toMatchObject({ generation: number })
      await bank.until('balances', 'done')
    }
    await bank.advance(100)
    expect(await stage.engine.readModels.generations('balances')).toMatchObject([
      { number: 3, state: 'retired' },
      { number: 4, state: 'serving' },
    ])
  })
}
