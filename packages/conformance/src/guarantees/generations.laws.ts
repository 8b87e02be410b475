import * as fc from 'fast-check'
import { it } from 'vitest'
import { balancesOfVersion, bank, bankWith } from './bank.ts'
import { ChangingBank, steps } from './changing-bank.ts'
import type { Stage } from './stage.ts'

/** In milliseconds: it writes a thousand times, which takes its time on a slow disk. */
const LONGEST = 120_000

export function generationLaws(stage: Stage): void {
  it(
    'G8 G9 whatever is rebuilt, deployed and killed while storage is slow and fails, readers are never led back',
    async () => {
      const versions = [bank, bankWith(balancesOfVersion({ revision: 2 }))] as const
      const plans = fc.array(fc.constantFrom(...steps), { minLength: 5, maxLength: stage.every > 1 ? 12 : 30 })
      await fc.assert(
        fc.asyncProperty(plans, fc.nat(), (plan, seed) =>
          stage.elsewhere(async (engine) => {
            const changing = new ChangingBank(engine, versions, seed)
            for (const step of plan) await changing.take(step)
            await changing.comesToRest()
          }),
        ),
        { numRuns: Math.ceil(30 / stage.every) },
      )
    },
    LONGEST,
  )
}
