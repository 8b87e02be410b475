import { path, withQuery } from '../api/client.ts'
import type { AppStatus, PolicyStatus, ProjectionStatus, ServedApp, TimerStatus } from '../api/shapes.ts'
import { ops } from '../session/session.svelte.ts'
import { isMoving } from './health.ts'
import { LagLog } from './lag-log.ts'
import { Poll } from './poll.svelte.ts'

const calm = 1500
const moving = 400

interface Beat {
  readonly apps: readonly ServedApp[]
  /** By application: of those that were asked for. */
  readonly status: ReadonlyMap<string, AppStatus>
}

/** How all stands, asked for once for the whole page: overview, lists, badges and charts show the same. */
class Pulse extends Poll<Beat> {
  readonly lag: LagLog = new LagLog()

  get apps(): readonly ServedApp[] {
    return this.data?.apps ?? []
  }

  appNamed(name: string): ServedApp | undefined {
    return this.apps.find((app) => app.name === name)
  }

  of(app: string): AppStatus | undefined {
    return this.data?.status.get(app)
  }

  /** @param only the application that is looked at; all of them if empty */
  follow(only: string): () => void {
    return this.run(
      (signal) => this.#read(only, signal),
      () => ([...(this.data?.status.values() ?? [])].some(isMoving) ? moving : calm),
    )
  }

  async #read(only: string, signal: AbortSignal): Promise<Beat> {
    const apps = await ops().get<ServedApp[]>('', signal)
    const asked = apps.filter(({ name }) => only === '' || name === only)
    const entries = await Promise.all(asked.map(async ({ name }) => [name, await statusOf(name, signal)] as const))
    for (const [name, { projections }] of entries) this.lag.note(name, projections, Date.now())
    return { apps, status: new Map([...(this.data?.status ?? []), ...entries]) }
  }
}

async function statusOf(app: string, signal: AbortSignal): Promise<AppStatus> {
  const at = path(app)
  const [projections, policies, timers] = await Promise.all([
    ops().get<ProjectionStatus[]>(`${at}/projections`, signal),
    ops().get<PolicyStatus[]>(`${at}/policies`, signal),
    ops().get<TimerStatus[]>(withQuery(`${at}/timers`, { limit: 3 }), signal),
  ])
  return { projections, policies, timers }
}

export const pulse: Pulse = new Pulse()
