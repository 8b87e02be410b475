import type { App, RouteEntry } from 'weir'
import type { Handler } from '../exchange/answer.ts'
import { apiKeyAdmission, behind } from './admit.ts'
import type { KeyRing } from './key-ring.ts'

/**
 * Prepares the guards of an application's routes.
 *
 * @throws when a route is guarded and there is no key that would open it
 */
export function routeGuarding(app: App, apiKeys: KeyRing): (route: RouteEntry, handler: Handler) => Handler {
  const guarded = app.routes.find(({ guard }) => guard !== undefined)
  if (guarded && apiKeys.isEmpty) throw new Error(noKey(app, guarded))
  return ({ guard }, handler) => (guard ? behind(apiKeyAdmission(guard, apiKeys, app.name), handler) : handler)
}

function noKey({ name }: App, { method, path }: RouteEntry): string {
  return (
    `The application '${name}' serves '${method} ${path}' only to those who have an API key, and there is none: ` +
    "give createHttpApp at least one in 'apiKeys', such as those in the environment variable API_KEY"
  )
}
