import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { LocalCloudError } from '../errors.ts'
import type { Answer, KeeperOptions } from './postgres-keeper.ts'

/** A PostgreSQL of one's own. */
export interface Postgres {
  /** Writes everything down and ends it. */
  stop(): Promise<void>
}

const keeper = new URL(
  import.meta.url.endsWith('.ts') ? './postgres-keeper.ts' : './postgres-keeper.js',
  import.meta.url,
)

/**
 * Starts PostgreSQL on what a folder holds, which is made when it is not there. It ends with this process, however that ends.
 *
 * @throws LocalCloudError with what PostgreSQL said
 */
export async function startPostgres(options: KeeperOptions): Promise<Postgres> {
  const child = fork(fileURLToPath(keeper), [JSON.stringify(options)], {
    detached: true,
    execArgv: [],
    stdio: 'ignore',
  })
  const gone = once(child, 'exit')
  const ended = gone.then((): [Answer] => [{ isRunning: false, reason: 'its keeper ended' }])
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer]
  if (!answer.isRunning) {
    throw new LocalCloudError(
      `PostgreSQL could not be started in ${options.folder}: ${answer.reason}\n` +
        'It runs as the user postgres where this one is root, who has to get into that folder. Choose another one, or set DATABASE_URL.',
    )
  }
  child.unref()
  child.channel?.unref()
  return {
    stop: async () => {
      if (child.connected) child.disconnect()
      if (child.exitCode === null) await gone
    },
  }
}
