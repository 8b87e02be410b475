import type { Mount } from '../rest/mount.ts'
import { deadLetterRoutes } from './dead-letters.ts'
import { documentRoutes } from './documents.ts'
import type { OpsRoute } from './operation.ts'
import { policyRoutes } from './policies.ts'
import { projectionRoutes } from './projections.ts'
import { type ServedApp, servedApp, whoAmI } from './schemas.ts'
import { streamRoutes } from './streams.ts'
import { tailRoute } from './tail.ts'

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
  {
    method: 'GET',
    path: '/ops/whoami',
    id: 'whoAmI',
    summary: 'What the key is good for',
    answer: { name: 'WhoAmI', schema: whoAmI },
    run: async ({ actor }) => ({ role: actor.startsWith('operator:') ? 'operator' : 'reader' }),
  },
  ...projectionRoutes,
  ...documentRoutes,
  ...streamRoutes,
  tailRoute,
  ...policyRoutes,
  ...deadLetterRoutes,
]

function describe({ base, runtime: { app } }: Mount): ServedApp {
  const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name)
  const { name, title, projections, policies } = app
  const aggregates = app.aggregates.map((each) => ({
    name: each.name,
    raw: each.raw,
    events: Object.keys(each.events),
  }))
  return { name, title, base, projections: names(projections), policies: names(policies), aggregates }
}
