import { isFenced } from './errors.ts'

/** An operator takes a partition for a moment only: so it is taken back once, and left to whoever takes it again. */
const ATTEMPTS = 2

/** Does what a lease is needed for, which another worker may take over. */
export async function unlessTaken<T>(work: () => Promise<T>): Promise<T | 'taken'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isFenced(error)) throw error
      if (attempt === ATTEMPTS) return 'taken'
    }
  }
}
