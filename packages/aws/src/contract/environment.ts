import type { FunctionRole } from './functions.ts'

/**
 * The environment variables of the functions. The region is the runtime's own `AWS_REGION`; endpoints of local emulators are
 * named by the SDK's own `AWS_ENDPOINT_URL_DYNAMODB`, `_SNS`, `_SQS`, `_SFN`, `_EVENTBRIDGE`, `_SECRETS_MANAGER`.
 */
export interface FunctionEnvironment {
  /** What this function is there for. */
  readonly WEIR_FUNCTION: FunctionRole
  /** Begins the names of all resources: see `names.ts`. */
  readonly WEIR_PREFIX: string
  /** The applications that this function works for, and where they are kept: `encodeApps`. Publishers and consumers have one. */
  readonly WEIR_APPS: string
  /** Whose queue this is, `<application>/<projection or policy>`: of `projection` and `policy`. */
  readonly WEIR_CONSUMER?: string
  /**
   * What the URLs of queues begin with, with a slash at its end; a queue's name follows (`consumerQueue`, `timerQueue`). Given to
   * `sweep`, to policies that have timers or retries, and to projections, which end the invisibility of what they report as failed.
   */
  readonly WEIR_QUEUES?: string

  /** The whole URL of the database, with its password: only on one's own machine, where it goes before the four below. */
  readonly DATABASE_URL?: string
  readonly DATABASE_HOST?: string
  readonly DATABASE_PORT?: string
  readonly DATABASE_NAME?: string
  /** `databaseRoles.reader` for `api`, `databaseRoles.writer` for the rest; its password is a token of IAM. */
  readonly DATABASE_USER?: string
  /** ARN of the secret `{ username, password }` of the database's administrator: of `migrate` alone, whose host is no proxy. */
  readonly DATABASE_ADMIN_SECRET?: string
  /**
   * Milliseconds after which the database closes connections that rest, 0: never; of `migrate`. Frozen functions keep theirs, and a
   * database without a proxy does not sleep while there is one.
   */
  readonly DATABASE_IDLE_TIMEOUT?: string

  /** ARN of the secret that holds the keys for guarded routes, separated by commas: of `api` and `operations`. */
  readonly API_KEY_SECRET?: string
  /** ARNs of the secrets with keys for `/ops`, in the same form: of `operations`. */
  readonly OPERATOR_KEY_SECRET?: string
  readonly READER_KEY_SECRET?: string
  /** The same keys as values: only on one's own machine, where they go before the secrets. */
  readonly API_KEY?: string
  readonly WEIR_OPERATOR_KEY?: string
  readonly WEIR_READER_KEY?: string

  /** The certificates of AWS that the database's is signed by. */
  readonly NODE_EXTRA_CA_CERTS?: string

  /** The state machine that rebuilds: of `operations`, `sweep` and `migrate`. */
  readonly STATE_MACHINE_ARN?: string
  /** Where public events go: of the policy `public-events`. */
  readonly EVENT_BUS_NAME?: string
  /** `true` when traces go to X-Ray, `false` if not. */
  readonly TRACING?: string
  readonly LOG_LEVEL?: string
  /** `on` or `off`: whether clients may ask for the GraphQL schema, and people are shown GraphiQL. */
  readonly GRAPHQL_INTROSPECTION?: string
  readonly NODE_ENV?: string
}

/** Where an application is served and kept. */
export interface AppPlace {
  /** What its paths begin with: empty, or such as `/coffee`. */
  readonly base: string
  /** Names of its two tables. They are as `names.ts` says, or those of tables that were restored under other names. */
  readonly events: string
  readonly index: string
  /** ARN of the topic of its doorbells: of `publisher` and `reconcile`. */
  readonly topic?: string
}

export type AppPlaces = Readonly<Record<string, AppPlace>>

/** The value of `WEIR_APPS`: places by the applications' names, as JSON. */
export function encodeApps(places: AppPlaces): string {
  return JSON.stringify(places)
}

/**
 * Reads the value of `WEIR_APPS`.
 *
 * @throws Error when it is missing or none
 */
export function decodeApps(text: string | undefined): AppPlaces {
  const faulty = `WEIR_APPS has to be a JSON object of places by the names of applications, but it is ${text ?? 'missing'}`
  try {
    const places: unknown = JSON.parse(text ?? '')
    if (typeof places === 'object' && places !== null && !Array.isArray(places)) return places as AppPlaces
  } catch (cause) {
    throw new Error(faulty, { cause })
  }
  throw new Error(faulty)
}

/** The value of `WEIR_CONSUMER`. */
export function consumerOf(app: string, name: string): string {
  return `${app}/${name}`
}

/**
 * Reads the value of `WEIR_CONSUMER`.
 *
 * @throws Error when it is missing or none
 */
export function parseConsumer(text: string | undefined): { readonly app: string; readonly name: string } {
  const [app, name, more] = text?.split('/') ?? []
  if (app && name && more === undefined) return { app, name }
  throw new Error(`WEIR_CONSUMER has to be <application>/<projection or policy>, but it is ${text ?? 'missing'}`)
}
