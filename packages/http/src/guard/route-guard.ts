import type { App, RouteEntry } from 'weir'
import type { Handler } from '../exchange/answer.ts'
import { type Admit, apiKeyAdmission, behind } from './admit.ts'
import type { KeyRing } from './key-ring.ts'

/** Who is let pass to a route: everybody where it answers undefined. */
export type AdmissionOf = (route: RouteEntry) => Admit | undefined

/**
 * Prepares the guards of an application's routes.
 *
 * @throws when a route is guarded and there is no key that would open it
 */
export function routeAdmissions(app: App, apiKeys: KeyRing): AdmissionOf {
  const guarded = app.routes.find(({ guard }) => guard !== undefined)
  if (guarded && apiKeys.isEmpty) throw new Error(noKey(app, guarded))
  return ({ guard }) => guard && apiKeyAdmission(guard, apiKeys, app.name)
}

/** Puts a route's handler behind its guard. */
export function guardedBy(admissionOf: AdmissionOf): (route: RouteEntry, handler: Handler) => Handler {
  return (route, handler) => {
    const admit = admissionOf(route)
    return admit ? behind(admit, handler) : handler
  }
}

function noKey({ name }: App, { method, path }: RouteEntry): string {
  return (
    `The application '${name}' serves '${method} ${path}' only to those who have an API key, and there is none: ` +
    "give createHttpApp at least one in 'apiKeys', such as those in the environment variable API_KEY"
  )
}
