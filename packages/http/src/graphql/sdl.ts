import { printSchema } from 'graphql'
import type { App } from 'weir'
import { systemClock } from 'weir/ports'
import type { Runtime } from 'weir/runtime'
import { LiveQueries } from '../live/live-queries.ts'
import { graphqlSchema } from './schema.ts'

/**
 * An application's GraphQL schema as text (SDL), for tools that make clients out of it.
 *
 * @example writeFileSync('schema.graphql', graphqlSdl(boxOffice))
 */
export function graphqlSdl(app: App): string {
  // Nothing is executed: of what runs only the application is looked at.
  const runtime = { app } as Runtime
  return `${printSchema(graphqlSchema({ runtime, clock: systemClock }, () => undefined, new LiveQueries()))}\n`
}
