import type { FailedEvent } from './waiting.ts'

/** Streams that are parked in a new generation, and were not in the old one, or only later on (G9). */
export function newlyParked(next: readonly FailedEvent[], before: readonly FailedEvent[]): string[] {
  const known = Map.groupBy(before, ({ stream }) => stream)
  const isNew = ({ stream, version, document }: FailedEvent) =>
    !known
      .get(stream)
      ?.some((each) => each.version <= version && (each.document === undefined || each.document === document))
  return [...new Set(next.filter(isNew).map(({ stream }) => stream))]
}
