import { describe } from 'vitest'
import { discardedLaws } from './read-model-store/discarded.laws.ts'
import { dropLaws } from './read-model-store/drop.laws.ts'
import { generationLaws } from './read-model-store/generation.laws.ts'
import { listLaws } from './read-model-store/list.laws.ts'
import { nameLaws } from './read-model-store/name.laws.ts'
import { partitionLaws } from './read-model-store/partition.laws.ts'
import { saveLaws } from './read-model-store/save.laws.ts'
import { waitingLaws } from './read-model-store/waiting.laws.ts'
import type { SetUp } from './subject.ts'
import { useSubject } from './subject.ts'

/**
 * The laws of the `ReadModelStore` port, as tests.
 *
 * @param name the engine's name, for the titles
 * @param setUp makes a fresh store for each test
 */
export function readModelStoreLaws(name: string, setUp: SetUp): void {
  describe(`read model store: ${name}`, () => {
    const subject = useSubject(setUp)
    describe('generations', () => generationLaws(subject))
    describe('dropped generations', () => dropLaws(subject))
    describe('names', () => nameLaws(subject))
    describe('save', () => saveLaws(subject))
    describe('partitions', () => partitionLaws(subject))
    describe('waiting events', () => waitingLaws(subject))
    describe('discarded events', () => discardedLaws(subject))
    describe('list', () => listLaws(subject))
  })
}
