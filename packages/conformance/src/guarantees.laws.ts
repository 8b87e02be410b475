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

/**
 * What Weir guarantees to applications, as tests of the runtime on an engine. Each title cites its guarantee.
 *
 * @param name the engine's name, for the titles
 * @param setUp makes a fresh store for each test
 * @param every of what is tried at very many places, such as at every call of a store, only each such one is: for engines
 * that take their time
 */
export function guaranteeLaws(name: string, setUp: SetUp, every = 1): void {
  describe(`guarantees: ${name}`, () => {
    const stage = useStage(setUp, every)
    describe('atomic appends', () => atomicityLaws(stage))
    describe('order', () => orderLaws(stage))
    describe('durability', () => durabilityLaws(stage))
    describe('projections', () => projectionLaws(stage))
    describe('policies', () => policyLaws(stage))
    describe('division', () => divisionLaws(stage))
    describe('on demand', () => onDemandLaws(stage))
    describe('timers', () => timerLaws(stage))
    describe('rebuilds', () => rebuildLaws(stage))
    describe('roll backs', () => rollBackLaws(stage))
    describe('generations', () => generationLaws(stage))
    describe('dead letters', () => deadLetterLaws(stage))
    describe('commands', () => commandLaws(stage))
    describe('fresh decisions', () => freshnessLaws(stage))
    describe('consistency tokens', () => tokenLaws(stage))
    describe('input', () => inputLaws(stage))
  })
}
