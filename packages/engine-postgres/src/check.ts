import { setTimeout as pause } from 'node:timers/promises'
import { EngineError } from 'weir/ports'
import type { Database } from './database.ts'
import { touch } from './epoch.ts'

/** How long a check waits for the server, in milliseconds. */
const checkTimeout = 2_000

/** Writes, because a full disk, a standby or lost rights show only then. */
export async function check(database: Database): Promise<void> {
  const late = pause(checkTimeout, undefined, { ref: false }).then(() => {
    throw new EngineError(`${database.server}: it did not answer within ${checkTimeout} ms. Check the server.`)
  })
  await Promise.race([touch(database), late])
}
