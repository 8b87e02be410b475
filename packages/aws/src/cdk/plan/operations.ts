import type { App } from 'weir'
import type { AppPlan, PathPlan } from './types.ts'

/** What changes read models: the operations API, routes that rebuild, and GraphQL where it has a mutation for such a route. */
export function operationPaths(apps: readonly (readonly [App, AppPlan])[]): PathPlan[] {
  return [
    { method: 'ANY', path: '/ops' },
    { method: 'ANY', path: '/ops/{proxy+}' },
    ...apps.flatMap(([app, { base }]) => rebuildPaths(app, base)),
  ]
}

function rebuildPaths({ routes }: App, base: string): PathPlan[] {
  const rebuilds = routes.filter(({ kind }) => kind === 'rebuild')
  if (rebuilds.length === 0) return []
  const paths = rebuilds.map(({ method, path }) => ({ method, path: base + path.replaceAll(/:(\w+)/g, '{$1}') }))
  return [...paths, { method: 'POST', path: `${base}/graphql` }]
}
