import type { RouteEntry } from 'weir'
import type { Clock } from 'weir/ports'
import type { Handler } from '../exchange/answer.ts'
import type { LiveQueries } from '../live/live-queries.ts'
import { commandHandler } from './command.ts'
import { constantHandler } from './constant.ts'
import { getHandler } from './get.ts'
import { listHandler } from './list.ts'
import type { Mount } from './mount.ts'
import { progressHandler, rebuildHandler } from './rebuild.ts'

/** What the routes of an application share. */
export interface Shared {
  /** The largest body that is taken, in bytes. */
  readonly bodyLimit: number
  readonly clock: Clock
  /** What is shown live of the application. */
  readonly live: LiveQueries
}

/** Prepares what serves a route. */
export function routeHandler(mount: Mount, route: RouteEntry, { bodyLimit, clock, live }: Shared): Handler {
  switch (route.kind) {
    case 'command':
    case 'choice':
      return commandHandler(mount, route, bodyLimit)
    case 'get':
      return getHandler(mount, route, live)
    case 'list':
      return listHandler(mount, route, clock, live)
    case 'constant':
      return constantHandler(route)
    case 'rebuild':
      return rebuildHandler(mount, route, bodyLimit)
    case 'progress':
      return progressHandler(mount, route)
  }
}
