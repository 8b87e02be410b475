import { percentile } from '../measure.ts'
import type { Contender } from './contender.ts'
import type { Found } from './job.ts'

/** How long callers ask, and how often at most. */
export interface Limits {
  readonly callers: number
  readonly size: number
  readonly seconds: number
}

let succeeded: number | undefined

/** How many calls of this process have succeeded in what is measured now; undefined when it measures no calls. */
export const succeededCalls = (): number | undefined => succeeded

/** Callers that each wait for their answer before they ask again. Takes the time of every call. */
export async function measureCommands(limits: Limits, once: (index: number) => Promise<unknown>): Promise<Found> {
  const latencies: number[] = []
  const start = performance.now()
  const end = start + limits.seconds * 1000
  let begun = 0
  succeeded = 0
  const caller = async () => {
    for (let now = performance.now(); begun < limits.size && now < end; ) {
      begun += 1
      await once(begun - 1)
      succeeded = latencies.length + 1
      const answered = performance.now()
      latencies.push(answered - now)
      now = answered
    }
  }
  await Promise.all(Array.from({ length: limits.callers }, caller))
  return foundOf(latencies.length, performance.now() - start, latencies)
}

/** Commands of a contender: they end when what goes on behind them has, so that none of it is left out of the rate. */
export async function measureSettled(
  contender: Pick<Contender, 'settled'>,
  limits: Limits,
  once: () => Promise<unknown>,
): Promise<Found> {
  const start = performance.now()
  const found = await measureCommands(limits, once)
  await contender.settled?.()
  return { ...found, perSecond: found.count / ((performance.now() - start) / 1000) }
}

/** Figures of so many things in so long a time. */
function foundOf(count: number, elapsedMs: number, latencies: readonly number[]): Found {
  const perSecond = count / (elapsedMs / 1000)
  return { count, perSecond, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }
}

/** The same for one thing that is done as a whole: its latency is how long it took. */
export async function measureWhole(count: number, run: () => Promise<unknown>): Promise<Found> {
  const start = performance.now()
  await run()
  const elapsed = performance.now() - start
  return foundOf(count, elapsed, [elapsed])
}
