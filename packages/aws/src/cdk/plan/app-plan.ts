import {
  type AnyAggregate,
  type AnyPolicy,
  type AnyProjection,
  type App,
  EventBus,
  milliseconds,
  type Service,
} from 'weir'
import { consumerQueue, doorbellTopic, eventsTable, indexTable, timerQueue } from '../../contract/index.ts'
import { timeoutOf } from './sizes.ts'
import type { AppPlan, ConsumerPlan, RestoredStore } from './types.ts'

/** AWS asks for six times the function's own time, so that a message does not come back while it is worked on. */
const visibility = 6

/** The store, the topic and the consumers of an application that is served below `base`. */
export function appPlan(prefix: string, app: App, base: string, restored?: RestoredStore): AppPlan {
  const { name } = app
  return {
    name,
    base,
    events: restored?.events ?? eventsTable(prefix, name),
    index: restored?.index ?? indexTable(prefix, name),
    ...(restored && { restored }),
    topic: doorbellTopic(prefix, name),
    consumers: [
      ...app.projections.map((projection) => projectionPlan(prefix, name, projection)),
      ...app.policies.map((policy) => policyPlan(prefix, name, policy)),
    ],
  }
}

function projectionPlan(prefix: string, app: string, { name, handlers }: AnyProjection): ConsumerPlan {
  return {
    role: 'projection',
    app,
    name,
    aggregates: aggregatesOf(handlers),
    queue: consumerQueue(prefix, app, name),
    visibilitySeconds: visibility * timeoutOf('projection'),
    services: [],
    publishes: false,
  }
}

/** Whether a policy sets timers, its handlers alone know; so each has a queue for them, and for what it tries again. */
function policyPlan(prefix: string, app: string, { name, handlers, services, timeout }: AnyPolicy): ConsumerPlan {
  const declared = Object.values(services as Record<string, Service<unknown>>)
  return {
    role: 'policy',
    app,
    name,
    aggregates: aggregatesOf(handlers),
    queue: consumerQueue(prefix, app, name),
    timers: timerQueue(prefix, app, name),
    visibilitySeconds: visibility * timeoutOf('policy', milliseconds(timeout)),
    services: declared.filter((service) => service !== EventBus).map((service) => service.name),
    publishes: declared.includes(EventBus),
  }
}

function aggregatesOf(handlers: readonly { readonly aggregate: AnyAggregate }[]): readonly string[] {
  return [...new Set(handlers.map(({ aggregate }) => aggregate.name))].toSorted()
}
