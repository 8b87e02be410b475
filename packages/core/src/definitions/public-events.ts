import type { AnyAggregate } from './aggregate.ts'
import type { App } from './app.ts'
import { DefinitionError } from './faults.ts'
import { type Policy, policy } from './policy.ts'
import { type Service, service } from './service.ts'

/** An event as other systems are told of it. Fields may be added, none is renamed. */
export interface PublicEvent {
  /** Names the event: who is told of one twice knows it by this. */
  readonly id: string
  readonly type: string
  /** The name of the application. */
  readonly source: string
  readonly aggregate: string
  readonly aggregateId: string
  /** Place among all events of the aggregate, from 1; those that are not public are in between. */
  readonly version: number
  /** ISO 8601, UTC. */
  readonly recordedAt: string
  /** As the newest schema of the event describes it. */
  readonly data: unknown
}

/** Takes public events to other systems. */
export interface EventBus {
  /**
   * Resolves when all of them have been taken. Rejects when one has not been: all of them come again then.
   *
   * @param options `signal` is aborted when it has taken too long, and when the application stops
   */
  publish(events: readonly PublicEvent[], options: { readonly signal: AbortSignal }): Promise<void>
}

/** What the policy `public-events` calls. */
export const EventBus: Service<EventBus> = service<EventBus>('event-bus')

const NAME = 'public-events'

/**
 * The policy that tells other systems of public events: those that their aggregates name in `public`.
 *
 * 1. Each is published at least once, and those of one stream in their order. Others are not.
 * 2. (G10) One that cannot be published is tried again, and its stream is parked in the end, as for any policy.
 *
 * @example reacting(publicEvents(shop), { services: [provide(EventBus, { publish })] })
 */
export function publicEvents({
  name: source,
  aggregates,
}: Pick<App, 'name' | 'aggregates'>): Policy<typeof NAME, { bus: Service<EventBus> }> {
  const none = policy(NAME, { services: { bus: EventBus } })
  return aggregates.reduce((all, aggregate) => all.on(aggregate, reactionsOf(source, aggregate)), none)
}

/**
 * The same application, with the policy `public-events` when one of its aggregates has public events: the service
 * `EventBus` is to be provided then, when it starts.
 *
 * @throws DefinitionError when it has something of that name already
 * @example export default withPublicEvents(app('shop', { routes, projections }))
 */
export function withPublicEvents<R>(app: App<R>): App<R> {
  const published = publicEvents(app)
  if (published.handlers.length === 0) return app
  if ([...app.policies, ...app.projections].some(({ name }) => name === NAME)) {
    throw new DefinitionError(app.name, [{ where: `'${NAME}'`, what: 'this name is of the policy for public events' }])
  }
  return {
    ...app,
    policies: [...app.policies, published],
    services: [...new Set<Service<unknown>>([...app.services, EventBus])],
  }
}

type Publish = Parameters<Policy<typeof NAME, { bus: Service<EventBus> }>['on']>[1]

function reactionsOf(source: string, { name: aggregate, public: types }: AnyAggregate): Publish {
  const publish: NonNullable<Publish[string]> = async (event, { bus }, { signal }) => {
    const { id, type, aggregateId, version, recordedAt, data } = event
    await bus.publish([{ id, type, source, aggregate, aggregateId, version, recordedAt, data }], { signal })
    return undefined
  }
  return Object.fromEntries(types.map((type) => [type, publish]))
}
