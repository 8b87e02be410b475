/** Names something that a policy calls, such as a payment gateway; its implementation is given when the app starts. */
export interface Service<Interface> {
  readonly kind: 'service'
  readonly name: string
  /** Only a type. */
  readonly implementation?: Interface
}

/**
 * Declares a service.
 *
 * @param name kebab-case; an application has one service of a name
 * @example const PaymentGateway = service<{ charge(amount: number): Promise<Receipt> }>('payment-gateway')
 */
export function service<Interface>(name: string): Service<Interface> {
  return { kind: 'service', name }
}

/** A service with what does its work. */
export interface Provision<Interface = unknown> {
  readonly kind: 'provision'
  readonly service: Service<Interface>
  readonly implementation: Interface
}

/**
 * Says what does the work of a service: when an application starts, or in a test.
 *
 * @example await startRuntime(coffee, { engine, services: [provide(PaymentGateway, stripe)] })
 */
export function provide<Interface>(
  service: Service<Interface>,
  implementation: NoInfer<Interface>,
): Provision<Interface> {
  return { kind: 'provision', service, implementation }
}

/** Services by the names that a policy calls them by. */
export type Services = Readonly<Record<string, Service<unknown>>>

/** What a policy's handlers are given for its services. */
export type Implementations<S extends Services> = {
  readonly [Name in keyof S]: S[Name] extends Service<infer Interface> ? Interface : never
}

/**
 * The implementations of declared services, by the names that the declaration gives them.
 *
 * @param of who declares them, for the error: `policy 'charge-card'`
 * @throws Error when a service has no provision, or two
 */
export function implementationsOf<S extends Services>(
  of: string,
  services: S,
  provisions: readonly Provision[],
): Implementations<S> {
  const entries = Object.entries(services).map(([name, service]) => [name, implementationOf(of, service, provisions)])
  return Object.fromEntries(entries)
}

function implementationOf(of: string, service: Service<unknown>, provisions: readonly Provision[]): unknown {
  const [found, another] = provisions.filter((provision) => provision.service === service)
  if (!found) {
    throw new Error(
      `The ${of} calls the service '${service.name}', which is not there: give it as services: [provide(…)]`,
    )
  }
  if (another) throw new Error(`The service '${service.name}' is provided twice: leave out one of the two`)
  return found.implementation
}
