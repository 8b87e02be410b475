import { addressOf, type Input, queryOf } from './address.ts'
import { ifMatchOf, tagged, type Versioned } from './etag.ts'
import { type LiveOptions, LiveQuery } from './live-query.ts'
import type {
  CommandAnswer,
  Given,
  InputOf,
  LiveAnswer,
  LivePathOf,
  PathOf,
  QueryInput,
  ReadAnswer,
  RouteAt,
  RoutesOf,
} from './route-types.ts'
import { type Answer, type ClientOptions, Transport } from './transport.ts'

export interface ReadRequestOptions {
  /** Gives it up. */
  readonly signal?: AbortSignal
}

export interface CommandRequestOptions extends ReadRequestOptions {
  /**
   * Only if it is still as it was then: what the client answered (a document, or the answer to a command), a tag, or a
   * version. Else the answer is the problem `version-mismatch` (412).
   */
  readonly ifMatch?: Versioned
  /** Names the command, so that it has one effect however often it is sent; the client makes one if not given. */
  readonly idempotencyKey?: string
}

/**
 * Sends the commands of one method.
 *
 * @throws ProblemError when the command is refused, or the server cannot be reached
 */
export type Send<R, M extends 'POST' | 'PUT' | 'PATCH' | 'DELETE'> = <Path extends PathOf<R, M>>(
  path: Path,
  ...given: Given<InputOf<RouteAt<R, M, Path>, Path>, CommandRequestOptions>
) => Promise<CommandAnswer<RouteAt<R, M, Path>>>

/** Calls an application by its routes. */
export interface Client<R> {
  /**
   * Reads a document, a page of a list, or a constant: never older than what this client has written.
   *
   * @throws ProblemError when there is no such document, the query is wrong, or the server cannot be reached
   */
  get<Path extends PathOf<R, 'GET'>>(
    path: Path,
    ...given: Given<QueryInput<RouteAt<R, 'GET', Path>, Path>, ReadRequestOptions>
  ): Promise<ReadAnswer<RouteAt<R, 'GET', Path>>>
  /** Path parameters and body are given in one object. */
  readonly post: Send<R, 'POST'>
  readonly put: Send<R, 'PUT'>
  readonly patch: Send<R, 'PATCH'>
  readonly delete: Send<R, 'DELETE'>
  /**
   * Shows a list or document as it is, then whenever it has changed, until the loop is left or the signal fires. Who is
   * slow sees the newest state, not all of them. Connections that break are taken up again.
   *
   * @throws ProblemError from the iteration, when the server refuses
   * @example for await (const orders of api.live('/order', { customerId })) show(orders)
   */
  live<Path extends LivePathOf<R>>(
    path: Path,
    ...given: Given<QueryInput<RouteAt<R, 'GET', Path>, Path>, LiveOptions>
  ): AsyncIterableIterator<LiveAnswer<RouteAt<R, 'GET', Path>>, undefined>
}

/**
 * A client of an application, with the types of its routes. It runs in browsers and in Node.
 *
 * 1. A command has one effect, however often it has to be sent: each bears an `Idempotency-Key` of its own.
 * 2. What is read is never older than what the same client has written: the consistency tokens of its commands go with
 *    its reads, and live queries wait for them, too.
 *
 * @param base where the application is served: `/coffee`, `https://example.com/coffee`, or empty
 * @throws TypeError when that is no address
 * @example
 * import type { coffee } from './coffee.ts'
 * const api = client<typeof coffee>('/coffee')
 * const order = await api.post('/order', { coffeeId: '1', customerId: 'ada', customerName: 'Ada' })
 */
export function client<A>(base: string, options: ClientOptions = {}): Client<RoutesOf<A>> {
  const transport = new Transport(base, options)
  const send =
    (method: string) =>
    (path: string, input: Input = {}, given: CommandRequestOptions = {}) =>
      command(transport, method, path, input, given)
  const api: Caller = {
    get: (path, input = {}, given = {}) => read(transport, path, input, given),
    post: send('POST'),
    put: send('PUT'),
    patch: send('PATCH'),
    delete: send('DELETE'),
    live: (path, input = {}, given = {}) => {
      const { address, rest } = addressOf(path, input)
      return new LiveQuery(transport, path, address + queryOf(rest), given).states
    },
  }
  return api as unknown as Client<RoutesOf<A>>
}

/** The client without its types. */
type Caller = Record<keyof Client<unknown>, (path: string, input?: Input, options?: object) => unknown>

async function read(
  transport: Transport,
  path: string,
  input: Input,
  { signal }: ReadRequestOptions,
): Promise<unknown> {
  const { address, rest } = addressOf(path, input)
  const request = { method: 'GET', address: address + queryOf(rest), headers: {}, signal }
  const answer = await transport.read(path, request, (sent) => transport.send(sent))
  return result(answer)
}

async function command(
  transport: Transport,
  method: string,
  path: string,
  input: Input,
  { signal, ifMatch, idempotencyKey = newKey() }: CommandRequestOptions,
): Promise<unknown> {
  const { address, rest } = addressOf(path, input)
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': idempotencyKey,
    ...(ifMatch !== undefined && { 'if-match': ifMatchOf(ifMatch) }),
  }
  const answer = await transport.send({ method, address, headers, body: JSON.stringify(rest), signal })
  const token = answer.headers.get('consistency-token')
  if (token !== null) transport.writes.add(token)
  return result(answer)
}

const NEXT = /<[^>]*[?&]cursor=([^&>]*)[^>]*>;\s*rel="?next"?/

function result({ value, headers }: Answer): unknown {
  if (Array.isArray(value)) {
    const [, cursor] = NEXT.exec(headers.get('link') ?? '') ?? []
    Object.defineProperty(value, 'next', { value: cursor === undefined ? undefined : decodeURIComponent(cursor) })
  }
  return tagged(value, headers.get('etag'))
}

/** Not `randomUUID`, which browsers lack on pages that came without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
