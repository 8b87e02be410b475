import { describe } from 'vitest'
import { appendLaws } from './event-store/append.laws.ts'
import { commandLaws } from './event-store/command.laws.ts'
import { feedLaws } from './event-store/feed.laws.ts'
import { groupLaws } from './event-store/group.laws.ts'
import { listingLaws } from './event-store/listing.laws.ts'
import { progressLaws } from './event-store/progress.laws.ts'
import { snapshotLaws } from './event-store/snapshot.laws.ts'
import { streamLaws } from './event-store/stream.laws.ts'
import type { SetUp } from './subject.ts'
import { useSubject } from './subject.ts'

/**
 * The laws of the `EventStore` port, as tests.
 *
 * @param name the engine's name, for the titles
 * @param setUp makes a fresh store for each test
 * @param every of what is tried with values drawn at random, only so many times less is: where each call takes its time
 */
export function eventStoreLaws(name: string, setUp: SetUp, every = 1): void {
  describe(`event store: ${name}`, () => {
    const subject = useSubject(setUp, every)
    describe('append', () => appendLaws(subject))
    describe('groups', () => groupLaws(subject))
    describe('commands', () => commandLaws(subject))
    describe('streams', () => streamLaws(subject))
    describe('listing', () => listingLaws(subject))
    describe('feed', () => feedLaws(subject))
    describe('progress', () => progressLaws(subject))
    describe('snapshots', () => snapshotLaws(subject))
  })
}
