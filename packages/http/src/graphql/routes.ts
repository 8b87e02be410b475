import type { Handler } from '../exchange/answer.ts'
import { graphiqlFiles } from '../graphiql/files.ts'
import type { AdmissionOf } from '../guard/route-guard.ts'
import type { Mount } from '../rest/mount.ts'
import { type GraphqlServices, graphqlHandlers } from './handler.ts'
import { showsGraphiql } from './options.ts'

type Served = readonly [method: 'GET' | 'POST', path: string, handler: Handler]

/** An application's GraphQL, and the files of its page. */
export function graphqlRoutes(mount: Mount, admissionOf: AdmissionOf, services: GraphqlServices): Served[] {
  const { get, post } = graphqlHandlers(mount, admissionOf, services)
  const files = showsGraphiql(services.graphql) ? graphiqlFiles() : []
  return [
    ['GET', '/graphql', get],
    ['POST', '/graphql', post],
    ...files.map(([file, handler]): Served => ['GET', `/graphql/${file}`, handler]),
  ]
}
