import type { Runtime } from 'weir/runtime'
import { type Handler, jsonAnswer } from './exchange/answer.ts'
import type { Mount } from './rest/mount.ts'

const uncached = (): Record<string, string> => ({ 'cache-control': 'no-store' })

/** Answers that the process is up; it says nothing of the storage. */
export const health: Handler = () => jsonAnswer(200, { status: 'up' }, uncached())

/** Answers whether every application can serve requests now, and why not if not. */
export function readiness(mounts: readonly Mount[]): Handler {
  return async () => {
    const apps = await Promise.all(mounts.map(({ runtime }) => readinessOf(runtime)))
    const ready = apps.every((app) => app.ready)
    return jsonAnswer(ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', apps }, uncached())
  }
}

async function readinessOf(runtime: Runtime) {
  const { ready, reasons } = await runtime.readiness().catch(() => ({ ready: false, reasons: ['cannot be asked'] }))
  return { app: runtime.app.name, ready, reasons }
}

/** Lists the applications with what there is to read about them. */
export function index(mounts: readonly Mount[]): Handler {
  const apps = mounts.map(({ base, runtime: { app } }) => ({
    name: app.name,
    title: app.title,
    description: app.description,
    docs: `${base}/docs`,
    openapi: `${base}/openapi.json`,
    graphql: `${base}/graphql`,
  }))
  return () => jsonAnswer(200, { apps })
}
