import { type App, EventBus, type Provision, provide, withPublicEvents } from 'weir'
import { EngineError } from 'weir/ports'
import { publicEventsPolicy } from '../../contract/index.ts'
import type { Environment } from './environment.ts'

/** The author's module: applications, as default or by name, and perhaps `services`, as for `weir start`. */
export type Application = Readonly<Record<string, unknown>>

/**
 * An application, with the policy that tells other systems of its public events, if it has such.
 *
 * @throws EngineError when the module exports no application of this name
 */
export function appNamed(application: Application, name: string): App {
  const apps = appsOf(application)
  const found = apps.find((app) => app.name === name)
  if (found) return found.policies.some((each) => each.name === publicEventsPolicy) ? found : withPublicEvents(found)
  const names = apps.map((app) => app.name).join(', ') || 'none'
  throw new EngineError(
    `The entry exports no application '${name}', but ${names}. Deploy the stack with this entry anew.`,
  )
}

/** Gives the services that an application declares, and those that none does. */
export type ServicesOf = (app: App) => readonly Provision[]

/** What services may need to be made. */
interface ServiceContext {
  /** A folder that they may write to. */
  readonly data: string
  readonly environment: Environment
}

/**
 * What services are implemented by: as the module's `services` gives it, and the bus for public events.
 *
 * @throws EngineError when `services` of the module gives anything but provisions
 */
export async function servicesOf(
  application: Application,
  environment: Environment,
  bus: EventBus,
): Promise<ServicesOf> {
  const { services: supply = [] } = application
  const context: ServiceContext = { data: environment.WEIR_DATA || '/tmp', environment }
  const given: unknown = typeof supply === 'function' ? await supply(context) : supply
  if (!Array.isArray(given) || !given.every(isProvision)) {
    throw new EngineError('`services` of the entry gives no list of services: export const services = [provide(…)]')
  }
  const declared = new Set([...appsOf(application).flatMap(({ services }) => services), EventBus])
  const all = given.some(({ service }) => service === EventBus) ? given : [...given, provide(EventBus, bus)]
  return (app) => all.filter(({ service }) => app.services.includes(service) || !declared.has(service))
}

function appsOf({ services: _, ...exported }: Application): App[] {
  return [...new Set(Object.values(exported).filter(isApp))]
}

/** The application may come from another copy of `weir` than this one, so its class says nothing. */
function isApp(value: unknown): value is App {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'app' && 'routes' in value
}

function isProvision(value: unknown): value is Provision {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'provision'
}
