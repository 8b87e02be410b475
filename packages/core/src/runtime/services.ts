import {
  type AnyPolicy,
  type App,
  DefinitionError,
  type Fault,
  type Implementations,
  implementationsOf,
  type Provision,
  type Service,
  type Services,
} from '../definitions/index.ts'
import type { Logger } from '../ports/index.ts'

/** What a policy's handlers are given for its services. */
export type ImplementationsFor = (policy: AnyPolicy) => Implementations<Services>

/**
 * Finds what the services of an application's policies are implemented by.
 *
 * @throws DefinitionError that names every service that nobody provides, or that is provided twice
 * @example const implementationsFor = provideServices(coffee, [provide(PaymentGateway, stripe)], logger)
 */
export function provideServices(app: App, provisions: readonly Provision[], logger: Logger): ImplementationsFor {
  const faults = app.services.flatMap((service) => faultsOf(service, provisions))
  if (faults.length > 0) throw new DefinitionError(app.name, faults)
  for (const { service } of provisions) {
    if (!app.services.includes(service)) {
      logger.warn({ service: service.name }, 'a service is provided that no policy declares')
    }
  }
  return ({ name, services }) => implementationsOf(`policy '${name}'`, services, provisions)
}

function faultsOf(service: Service<unknown>, provisions: readonly Provision[]): Fault[] {
  const { length } = provisions.filter((provision) => provision.service === service)
  const where = `service '${service.name}'`
  if (length === 0) return [{ where, what: `nothing provides it; start the application with ${wordsFor(service)}` }]
  return length === 1 ? [] : [{ where, what: `it is provided ${length} times; leave all but one out` }]
}

function wordsFor({ name }: Service<unknown>): string {
  return `services: [provide(…)] for the service named '${name}'`
}
