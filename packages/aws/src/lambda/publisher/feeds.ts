import { openPlacing, type Placing } from '@weir/engine-dynamodb'
import { EngineError } from 'weir/ports'
import { decodeApps } from '../../contract/index.ts'
import type { Settings } from '../setup/options.ts'
import { Bell } from './bell.ts'

/** The feed of an application, and the bell that tells its consumers. */
export interface Feed {
  readonly app: string
  readonly placing: Placing
  readonly bell: Bell
}

/**
 * Opens the feeds of the applications that the environment names.
 *
 * @throws EngineError when one cannot be opened
 */
export async function openFeeds({ environment, logger }: Settings): Promise<Feed[]> {
  const opening = Object.entries(decodeApps(environment.WEIR_APPS)).map(async ([app, { events, index, topic }]) => {
    if (topic === undefined)
      throw new EngineError(`WEIR_APPS names no topic of '${app}': the stack has to be deployed anew.`)
    const placing = await openPlacing({ tables: { events, index } })
    return { app, placing, bell: new Bell(app, topic, logger) }
  })
  return Promise.all(opening)
}
