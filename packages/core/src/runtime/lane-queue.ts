import { UnavailableError, unavailable } from './errors.ts'
import type { VersionedState } from './state-store.ts'
import { streamsOf, type Task } from './task.ts'

/** The commands that wait for one stream. */
export interface Lane {
  readonly stream: string
  queue: Task[]
  /** States for the next batch, when some had to be loaded: the cache may have dropped them when it comes to it. */
  loaded: Map<string, VersionedState> | undefined
  /** The state of a stream whose id was made for the command in hand: nothing can be recorded under it. */
  fresh: VersionedState | undefined
  /** Streams that could not be loaded for the next batch, and why. */
  unloadable: Map<string, unknown> | undefined
  busy: boolean
  /** The last batch met a conflict. */
  lost: boolean
}

const MOST_ATTEMPTS = 40

export function newLane(stream: string): Lane {
  return { stream, queue: [], loaded: undefined, fresh: undefined, unloadable: undefined, busy: false, lost: false }
}

/** Another process recorded the command first: its record is the answer; the rest of the batch decides anew. */
export function withoutDuplicate(tasks: readonly Task[], commandId: string): Task[] {
  return tasks.filter((task) => {
    const isDuplicate = task.metadata.commandId === commandId
    if (isDuplicate) task.settle({ kind: 'recorded' }, '')
    return !isDuplicate
  })
}

/** Counts a conflict against the commands that need the contended stream. Returns whether that was one too many. */
export function hasLost(task: Task, contended: string): boolean {
  if (streamsOf(task).includes(contended)) task.attempts += 1
  if (task.attempts < MOST_ATTEMPTS) return false
  task.fail(new UnavailableError(`Too many writers at once on ${contended}`))
  return true
}

/** Fails the commands that need a stream which could not be loaded, and only those. */
export function failUnloadable(lane: Lane, unloadable: ReadonlyMap<string, unknown>): void {
  lane.queue = lane.queue.filter((task) => {
    const failed = streamsOf(task).find((stream) => unloadable.has(stream))
    if (failed === undefined) return true
    task.fail(unavailable(unloadable.get(failed)))
    return false
  })
}

/** Remembers a state for the lane's next batch. */
export function keep(lane: Lane, stream: string, state: VersionedState): void {
  lane.loaded ??= new Map()
  lane.loaded.set(stream, state)
}
