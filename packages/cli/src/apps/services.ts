import type { Provision } from 'weir'
import { CliError } from '../errors.ts'
import type { Environment } from '../settings.ts'

/** What services may need to be made. */
export interface ServiceContext {
  /** The folder of the databases, as an absolute path. */
  readonly data: string
  readonly environment: Environment
}

/** What the services that policies declare are implemented by: a list, or what makes it when the server starts. */
export type ServiceSupply =
  | readonly Provision[]
  | ((context: ServiceContext) => readonly Provision[] | Promise<readonly Provision[]>)

/** @throws CliError when it gives anything but provisions */
export async function supplyServices(supply: ServiceSupply, context: ServiceContext): Promise<readonly Provision[]> {
  const services: unknown = typeof supply === 'function' ? await supply(context) : supply
  if (Array.isArray(services) && services.every(isProvision)) return services
  throw new CliError(
    '`services` gives something that is no list of services. ' +
      'Export what provide(…) gives you: export const services = [provide(PaymentGateway, gateway)]',
  )
}

/** Like an application, it may come from another copy of `weir`. */
function isProvision(value: unknown): value is Provision {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'provision'
}
