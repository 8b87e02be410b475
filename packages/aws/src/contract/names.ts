import { createHash } from 'node:crypto'

/**
 * How resources are named.
 *
 * 1. All begin with a prefix, the stack's name if not given otherwise.
 * 2. Names of applications and consumers are kebab-case; `_` stands between the two, so that no two pairs have one name.
 * 3. A name that is too long for its kind is cut, and ends in a hash of the whole.
 */

const longest = { function: 64, queue: 80, table: 255, topic: 256 }

/** The table of an application's commits. */
export function eventsTable(prefix: string, app: string): string {
  return bounded(`${prefix}-${app}-events`, longest.table)
}

/** The table of its feed, commands, snapshots and leases. */
export function indexTable(prefix: string, app: string): string {
  return bounded(`${prefix}-${app}-index`, longest.table)
}

/** The topic of its doorbells. */
export function doorbellTopic(prefix: string, app: string): string {
  return bounded(`${prefix}-${app}`, longest.topic, '.fifo')
}

/** The queue of a projection or policy. */
export function consumerQueue(prefix: string, app: string, consumer: string): string {
  return bounded(`${prefix}-${app}_${consumer}`, longest.queue, '.fifo')
}

/** The queue of a policy's timers and retries, which is no FIFO queue. */
export function timerQueue(prefix: string, app: string, policy: string): string {
  return bounded(`${prefix}-${app}_${policy}_timers`, longest.queue)
}

/** The function of a projection or policy. */
export function consumerFunction(prefix: string, app: string, consumer: string): string {
  return bounded(`${prefix}-${app}_${consumer}`, longest.function)
}

/** The publisher of an application. */
export function publisherFunction(prefix: string, app: string): string {
  return bounded(`${prefix}-${app}-publisher`, longest.function)
}

/** A function that there is once, such as `api`, and the state machine `rebuild`. */
export function singleFunction(prefix: string, role: string): string {
  return bounded(`${prefix}-${role}`, longest.function)
}

function bounded(name: string, most: number, ending = ''): string {
  const room = most - ending.length
  if (name.length <= room) return name + ending
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${name.slice(0, room - hash.length - 1)}-${hash}${ending}`
}
