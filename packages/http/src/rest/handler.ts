import type { RouteEntry } from 'weir'
import type { Clock } from 'weir/ports'
import type { Handler } from '../exchange/answer.ts'
import { commandHandler } from './command.ts'
import { constantHandler } from './constant.ts'
import { getHandler } from './get.ts'
import { listHandler } from './list.ts'
import type { Mount } from './mount.ts'
import { progressHandler, rebuildHandler } from './rebuild.ts'

/** What all routes of a server share. */
export interface Shared {
  /** The largest body that is taken, in bytes. */
  readonly bodyLimit: number
  readonly clock: Clock
}

/** Prepares what serves a route. */
export function routeHandler(mount: Mount, route: RouteEntry, { bodyLimit, clock }: Shared): Handler {
  switch (route.kind) {
    case 'command':
      return commandHandler(mount, route, bodyLimit)
    case 'get':
      return getHandler(mount, route)
    case 'list':
      return listHandler(mount, route, clock)
    case 'constant':
      return constantHandler(route)
    case 'rebuild':
      return rebuildHandler(mount, route, bodyLimit)
    case 'progress':
      return progressHandler(mount, route)
  }
}
