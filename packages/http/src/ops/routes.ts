import type { Mount } from '../rest/mount.ts'
import { deadLetterRoutes } from './dead-letters.ts'
import type { OpsRoute } from './operation.ts'
import { policyRoutes } from './policies.ts'
import { projectionRoutes } from './projections.ts'
import { type ServedApp, servedApp } from './schemas.ts'

/** The operations API, whole. */
export const opsRoutes: readonly OpsRoute[] = [
  {
    method: 'GET',
    path: '/ops',
    id: 'listApps',
    summary: 'Applications on this server',
    answer: { name: 'App', schema: servedApp },
    list: {},
    run: async ({ mounts }) => mounts.map(describe),
  },
  ...projectionRoutes,
  ...policyRoutes,
  ...deadLetterRoutes,
]

function describe({ base, runtime: { app } }: Mount): ServedApp {
  const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name)
  const { name, title, projections, policies } = app
  return { name, title, base, projections: names(projections), policies: names(policies) }
}
