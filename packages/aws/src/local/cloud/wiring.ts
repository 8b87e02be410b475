import type { Mapping } from '../mappings/mapping.ts'
import { served } from '../template/support.ts'
import type { Built } from './built.ts'
import { mapSource } from './event-sources.ts'
import { type Schedule, schedulesOf, startSchedules } from './schedules.ts'
import type { Services } from './services.ts'

/** What invokes functions by itself. */
export interface Wiring {
  readonly mappings: readonly Mapping[]
  readonly schedules: readonly Schedule[]
}

/** How long invocations that run get when it stops, in milliseconds. */
const grace = 3_000

/** Lets queues, streams and schedules invoke functions. */
export function wire(built: Built, { functions }: Services, opened: AsyncDisposableStack): Wiring {
  const { ground, messaging, dynamodb, tables, ofType } = built
  const { region, kept, log, options } = ground
  const queues = ofType(served.queue)
  const wires = { region, messaging, dynamodb: dynamodb.call, tables, queues, functions: functions.get, kept, log }
  const mappings = ofType(served.eventSource).flatMap((each) => mapSource(each, wires) ?? [])
  opened.defer(() => atMost(grace, Promise.all(mappings.map((mapping) => mapping.stop()))))
  const schedules = schedulesOf(ofType(served.rule, served.schedule), region, functions.get)
  if (options.schedules ?? true) opened.defer(startSchedules(schedules))
  return { mappings, schedules }
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const timer = setTimeout(end, milliseconds)
  await Promise.race([work, over]).finally(() => clearTimeout(timer))
}
