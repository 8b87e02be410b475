import type { PeerEngine, WorkName } from './job.ts'

/** One comparison: what all who take part in it do, in turns. */
export interface Case {
  readonly work: WorkName
  readonly engine: PeerEngine
  readonly variant?: string
  readonly callers: number
  /** How many commands at most, or how many events. */
  readonly size: number
  /** How long commands are sent at most. */
  readonly seconds: number
  /** How long one run may take before it counts as a failure: with what is prepared, and what is checked. */
  readonly limitSeconds: number
}

const everywhere: readonly PeerEngine[] = ['sqlite', 'postgres', 'dynamodb', 'memory']

/** All comparisons, in the order of the report. */
export function casesOf(quick: boolean): readonly Case[] {
  const commands = { seconds: quick ? 1 : 8, limitSeconds: quick ? 8 : 90 }
  return everywhere.flatMap((engine): Case[] => [
    ...[1, 64, 512].map((callers): Case => ({ work: 'create', engine, callers, size: 500_000, ...commands })),
    { work: 'contention', engine, callers: 64, size: 500_000, ...commands },
  ])
}
