import { describe } from 'vitest'
import { atomicityLaws } from './guarantees/atomicity.laws.ts'
import { commandLaws } from './guarantees/command.laws.ts'
import { deadLetterLaws } from './guarantees/dead-letter.laws.ts'
import { divisionLaws } from './guarantees/division.laws.ts'
import { durabilityLaws } from './guarantees/durability.laws.ts'
import { freshnessLaws } from './guarantees/freshness.laws.ts'
import { generationLaws } from './guarantees/generations.laws.ts'
import { inputLaws } from './guarantees/input.laws.ts'
import { onDemandLaws } from './guarantees/on-demand.laws.ts'
import { orderLaws } from './guarantees/order.laws.ts'
import { policyLaws } from './guarantees/policy.laws.ts'
import { projectionLaws } from './guarantees/projection.laws.ts'
import { rebuildLaws } from './guarantees/rebuild.laws.ts'
import { rollBackLaws } from './guarantees/roll-back.laws.ts'
import { useStage } from './guarantees/stage.ts'
import { timerLaws } from './guarantees/timer.laws.ts'
import { tokenLaws } from './guarantees/token.laws.ts'
import type { SetUp } from './subject.ts'

/** A part of the guarantees' laws. */
export type GuaranteeSection =
  | 'atomic appends'
  | 'order'
  | 'durability'
  | 'projections'
  | 'policies'
  | 'division'
  | 'on demand'
  | 'timers'
  | 'rebuilds'
  | 'roll backs'
  | 'generations'
  | 'dead letters'
  | 'commands'
  | 'fresh decisions'
  | 'consistency tokens'
  | 'input'

const sections: Readonly<Record<GuaranteeSection, typeof atomicityLaws>> = {
  'atomic appends': atomicityLaws,
  order: orderLaws,
  durability: durabilityLaws,
  projections: projectionLaws,
  policies: policyLaws,
  division: divisionLaws,
  'on demand': onDemandLaws,
  timers: timerLaws,
  rebuilds: rebuildLaws,
  'roll backs': rollBackLaws,
  generations: generationLaws,
  'dead letters': deadLetterLaws,
  commands: commandLaws,
  'fresh decisions': freshnessLaws,
  'consistency tokens': tokenLaws,
  input: inputLaws,
}

/**
 * What Weir guarantees to applications, as tests of the runtime on an engine. Each title cites its guarantee.
 *
 * @param name the engine's name, for the titles
 * @param setUp makes a fresh store for each test
 * @param every of what is tried at very many places, such as at every call of a store, only each such one is: for engines
 * that take their time
 * @param only those that are to be tested: where others rest on what another engine is tested for
 */
export function guaranteeLaws(
  name: string,
  setUp: SetUp,
  every = 1,
  only: readonly GuaranteeSection[] = Object.keys(sections) as GuaranteeSection[],
): void {
  describe(`guarantees: ${name}`, () => {
    const stage = useStage(setUp, every)
    for (const section of only) describe(section, () => sections[section](stage))
  })
}
