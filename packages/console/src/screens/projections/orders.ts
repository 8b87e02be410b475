import type { OpsClient } from '../../api/client.ts'
import { path } from '../../api/client.ts'

/** What can be done about a rebuild, and what is said before it is done. */
export interface Order {
  readonly title: string
  /** What will happen. */
  readonly text: string
  readonly action: string
  readonly danger?: boolean
  /** What is said when it has begun, or is done. */
  readonly done: string
  readonly run: (ops: OpsClient) => Promise<unknown>
}

export type OrderName = 'rebuild' | 'goOn' | 'stop' | 'cancel' | 'rollBack'

/** The orders about one projection. */
export function ordersOf(app: string, name: string): Record<OrderName, Order> {
  const at = path(app, 'projections', name)
  return {
    rebuild: {
      title: `Rebuild ${name}?`,
      text:
        'All events are folded anew into a new generation. The one that serves now serves meanwhile and stays current; ' +
        'when the new one has caught up, it takes over at once. The old one is kept for a while, so that you can roll back. ' +
        'Commands come first: the rebuild takes what is left of the machine.',
      action: 'Rebuild',
      done: `The rebuild of ${name} has begun.`,
      run: (ops) => ops.post(`${at}/rebuild`),
    },
    goOn: {
      title: `Go on with the rebuild of ${name}?`,
      text: 'It goes on where it was stopped: what was folded so far is still there.',
      action: 'Go on',
      done: `The rebuild of ${name} goes on.`,
      run: (ops) => ops.post(`${at}/rebuild`),
    },
    stop: {
      title: `Stop the rebuild of ${name}?`,
      text:
        'It stays stopped, over restarts too, until somebody goes on with it. What was folded so far is kept, and what ' +
        'serves now serves on.',
      action: 'Stop the rebuild',
      done: `The rebuild of ${name} is stopped.`,
      run: (ops) => ops.post(`${at}/rebuild/stop`),
    },
    cancel: {
      title: `Cancel the rebuild of ${name}?`,
      text: 'What was folded so far is dropped; the next rebuild begins anew. What serves now serves on.',
      action: 'Cancel the rebuild',
      danger: true,
      done: `The rebuild of ${name} is cancelled.`,
      run: (ops) => ops.delete(`${at}/rebuild`),
    },
    rollBack: {
      title: `Roll ${name} back?`,
      text:
        'The generation that served before is brought up to date with what came since, and then serves again. The one that ' +
        'serves now is kept in its place, so that you can come back to it.',
      action: 'Roll back',
      danger: true,
      done: `${name} goes back to the generation that served before.`,
      run: (ops) => ops.post(`${at}/roll-back`),
    },
  }
}

/** Lets a rebuild serve although these streams are parked in it. */
export function acceptParked(ops: OpsClient, app: string, name: string, streams: readonly string[]): Promise<unknown> {
  return ops.post(`${path(app, 'projections', name)}/rebuild/accept`, { streams })
}
