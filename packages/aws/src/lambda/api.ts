import { createHttpApp } from '@weir/http'
import { type ApiHandler, apiHandler, type Fetch } from './api/handler.ts'
import { readKeys } from './api/keys.ts'
import { startRebuild } from './rebuild/start.ts'
import type { Application } from './setup/application.ts'
import { once } from './setup/once.ts'
import { type FunctionOptions, type Settings, settingsOf } from './setup/options.ts'
import { startApps } from './setup/runtimes.ts'

/**
 * The handler of the functions `api` and `operations`: serves applications as `weir start` does, behind an HTTP API.
 * It folds nothing: what commands record is folded and reacted to by the consumers' functions.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = api(application)
 */
export function api(application: Application, options: FunctionOptions = {}): ApiHandler {
  const settings = settingsOf(options)
  return apiHandler(
    once(() => serve(application, settings)),
    settings.logger,
  )
}

async function serve(application: Application, settings: Settings): Promise<Fetch> {
  const { environment, logger } = settings
  const keys = await readKeys(environment)
  const onRebuildWanted = (app: string, projection: string) => startRebuild(environment, { app, projection })
  const running = await startApps(application, settings, { works: false, onRebuildWanted })
  const mounts = running.map(({ place: { base }, runtime }) => ({ base, runtime }))
  const { GRAPHQL_INTROSPECTION, NODE_ENV } = environment
  const introspection = (GRAPHQL_INTROSPECTION || (NODE_ENV === 'production' ? 'off' : 'on')) === 'on'
  const http = createHttpApp({ mounts, logger, ...keys, graphql: { introspection } })
  return (request) => http.fetch(request)
}
