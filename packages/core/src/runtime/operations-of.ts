import type { RecordedEvent } from '../definitions/index.ts'
import type { Explorer } from './explorer/explorer.ts'
import type { Generations } from './generations.ts'
import { type LetterEventServices, withEvents } from './letter-events.ts'
import {
  type DeadLetterBox,
  OperationRefused,
  type Operations,
  type PolicyStatus,
  type TimerStatus,
} from './operations.ts'
import type { StandingStore } from './policy-standing.ts'

/** A projection or policy whose dead letters operators can look after. */
export interface Consumer extends DeadLetterBox {
  readonly name: string
  /** Gives an event in the newest version of its schema; throws `UndecodableEventError` when it cannot be read. */
  read(recorded: RecordedEvent): RecordedEvent | undefined
}

/** What operators can see of a policy. */
export interface OperatedPolicy extends Consumer {
  status(): Promise<PolicyStatus>
  timers(): Promise<TimerStatus[]>
  /** What it keeps, as it is now. */
  look(): Promise<StandingStore>
}

/** What operators can see and do, put together from the parts of a running application. */
export function operationsOf(
  projections: readonly Generations[],
  policies: readonly OperatedPolicy[],
  services: LetterEventServices,
): Omit<Operations, keyof Explorer> {
  const consumers: readonly Consumer[] = [...projections.map(({ letters }) => letters), ...policies]
  const projectionOf = (name: string) => named(projections, ({ projection }) => projection.name, name, 'projection')
  const consumerOf = (name: string) => named(consumers, (each) => each.name, name, 'projection or policy')
  const rebuildsOf = (name: string) => projectionOf(name).rebuilds
  const some = (name: string | undefined) => (name === undefined ? consumers : [consumerOf(name)])
  return {
    projections: () => Promise.all(projections.map((each) => each.status())),
    policies: () => Promise.all(policies.map((each) => each.status())),
    timers: async () => (await Promise.all(policies.map((each) => each.timers()))).flat(),
    rebuild: async (name) => rebuildsOf(name).rebuild(),
    rebuildStatus: async (name) => projectionOf(name).rebuildStatus(),
    stopRebuild: async (name) => rebuildsOf(name).stopRebuild(),
    cancelRebuild: async (name) => rebuildsOf(name).cancelRebuild(),
    acceptParked: async (name, streams) => rebuildsOf(name).acceptParked(streams),
    rollBack: async (name) => rebuildsOf(name).rollBack(),
    deadLetters: async (name) => (await Promise.all(some(name).map((each) => each.deadLetters()))).flat(),
    withEvents: (letters) => withEvents(letters, (name) => (event) => consumerOf(name).read(event), services),
    retry: async (name, address) => consumerOf(name).retry(address),
    discard: async (name, address, order) => {
      if (order.reason.trim() === '') {
        throw new OperationRefused(
          'reason-missing',
          'Say why it is given up: the reason is kept with what is discarded.',
        )
      }
      return consumerOf(name).discard(address, order)
    },
    discarded: async (name) => (await Promise.all(some(name).map((each) => each.discarded()))).flat(),
  }
}

/**
 * Finds a thing by its name.
 *
 * @throws OperationRefused when there is none of that name
 */
export function named<T>(all: readonly T[], nameOf: (each: T) => string, name: string, kind: string): T {
  const found = all.find((each) => nameOf(each) === name)
  if (found) return found
  const known = all.map(nameOf).join(', ') || 'none'
  throw new OperationRefused('unknown-consumer', `There is no ${kind} '${name}'; these are there: ${known}.`)
}
