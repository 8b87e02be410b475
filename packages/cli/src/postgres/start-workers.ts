import type { Mount } from '@weir/http'
import { systemClock } from 'weir/ports'
import { allOrNothing } from '../all-or-nothing.ts'
import { prepareDirectory } from '../data-directory.ts'
import { readKeys } from '../keys.ts'
import { startRuntimes } from '../runtimes.ts'
import { type Listening, listen, type StartOptions } from '../start.ts'

/** Applications whose projections and policies are worked on. */
export interface StartedWorkers {
  /** Where health and operations are; undefined when it does not listen. */
  readonly listening: Listening | undefined
  stop(): Promise<void>
}

/**
 * Opens the stores of applications to fold their projections and run their policies. Their routes are not served.
 *
 * @param listens whether health and operations are, on the port of the settings
 * @throws CliError, EngineError or DefinitionError when it cannot be, with what to do about it
 */
export function startWorkers(options: StartOptions, listens: boolean): Promise<StartedWorkers> {
  const { environment, logger, settings } = options
  return allOrNothing(async (opened) => {
    const keys = listens ? readKeys(environment, [], logger) : undefined
    const directory = prepareDirectory(settings.data)
    const mounts = (await startRuntimes(options, directory, opened)).map(withoutRoutes)
    if (keys) return { listening: await listen({ mounts, keys, directory }, options, opened) }
    const rest = systemClock.stayAlive()
    opened(async () => rest())
    return { listening: undefined }
  })
}

function withoutRoutes({ base, runtime }: Mount): Mount {
  return { base, runtime: { ...runtime, app: { ...runtime.app, routes: [] } } }
}
