import { setTimeout as pause } from 'node:timers/promises'
import { isPassing } from './errors.ts'

/** How often something is tried, and how long it is waited in between, in milliseconds. */
export interface Patience {
  readonly attempts: number
  readonly base: number
  readonly longest: number
}

/** For calls of DynamoDB: some ten seconds in all, at most. */
export const patience: Patience = { attempts: 12, base: 20, longest: 2_000 }

/** Tries again what fails in a way that passes, and throws the last failure. */
export async function insist<T>(work: () => Promise<T>, { attempts, base, longest }: Patience = patience): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts || !isPassing(error)) throw error
    }
    await backOff(attempt, { base, longest })
  }
}

/** Waits a random while ("full jitter") that may be twice as long after each attempt: those who collided come apart. */
export async function backOff(
  attempt: number,
  { base, longest }: Omit<Patience, 'attempts'> = patience,
): Promise<void> {
  await pause(Math.random() * Math.min(longest, base * 2 ** (attempt - 1)))
}
