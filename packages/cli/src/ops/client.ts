import { CliError } from '../errors.ts'

/** A server whose operations are used, and the key that it takes. */
export interface OpsServer {
  readonly url: string
  readonly key: string
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Whether more follows. */
  readonly more: boolean
}

interface Problem {
  readonly type?: string
  readonly title?: string
  readonly detail?: string
  readonly errors?: readonly { readonly field: string; readonly message: string }[]
}

/** The server does not answer: it may come back. */
export class UnreachableError extends CliError {
  override readonly name = 'UnreachableError'
}

/**
 * Speaks to the operations API of a running server. Whatever it refuses is thrown as a CliError that says what to do.
 * The key goes to the address that was given, and nowhere else.
 */
export class OpsClient {
  readonly #server: OpsServer

  constructor(server: OpsServer) {
    this.#server = server
  }

  /** @param path below /ops, such as `/box-office/projections` */
  async get<Answer>(path: string): Promise<Answer> {
    return (await this.#send('GET', `/ops${path}`)).json() as Promise<Answer>
  }

  /** A stream of server-sent events, from behind the one with this id on. */
  async stream(
    path: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) }
    const answer = await this.#send('GET', `/ops${path}`, { headers, signal }, 'event-stream')
    return answer.body as ReadableStream<Uint8Array>
  }

  /** A page of a list: its first one, whether or not more follows. */
  async page<Item>(path: string): Promise<Page<Item>> {
    const answer = await this.#send('GET', `/ops${path}`)
    return { items: (await answer.json()) as Item[], more: answer.headers.has('link') }
  }

  async post<Answer>(path: string, body: object = {}): Promise<Answer> {
    return (await this.#send('POST', `/ops${path}`, asJson(body))).json() as Promise<Answer>
  }

  async delete<Answer>(path: string): Promise<Answer> {
    return (await this.#send('DELETE', `/ops${path}`)).json() as Promise<Answer>
  }

  /** A list with all of its pages. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = []
    for (let next: string | undefined = `/ops${path}`; next !== undefined; ) {
      const page = await this.#send('GET', next)
      items.push(...((await page.json()) as Item[]))
      next = /<([^>]+)>; *rel="?next/.exec(page.headers.get('link') ?? '')?.[1]
      if (next?.startsWith('/') === false) throw leadsAway(this.#server.url, next)
    }
    return items
  }

  async #send(method: string, path: string, init: RequestInit = {}, wanted = 'json'): Promise<Response> {
    const answer = await this.#fetch(path, { ...init, method })
    const type = answer.headers.get('content-type') ?? ''
    if (answer.ok && type.includes(wanted)) return answer
    const elsewhere = answer.headers.get('location')
    if (elsewhere !== null && !answer.ok) throw leadsAway(this.#server.url, elsewhere)
    throw await this.#refusal(answer, type)
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { url, key } = this.#server
    const headers = { ...init.headers, 'x-operator-key': key }
    try {
      // Followed, the key would be sent wherever a redirect leads.
      return await fetch(url.replace(/\/+$/, '') + path, { ...init, headers, redirect: 'manual' })
    } catch (error) {
      throw new UnreachableError(
        `No server answers at ${url} (${reasonOf(error)}). Start one with weir start, or say where it is with --url.`,
      )
    }
  }

  async #refusal(answer: Response, type: string): Promise<CliError> {
    const { url } = this.#server
    if (!type.includes('problem+json')) {
      return new CliError(`${url} is no server of Weir: it answered ${answer.status} ${type}. Give another --url.`)
    }
    const problem = (await answer.json()) as Problem
    const hint = hintAtPath(url, problem) ?? hintFor(answer.status, problem)
    return new CliError(hint === undefined ? reasonIn(problem) : `${reasonIn(problem)} ${hint}`)
  }
}

function asJson(body: object): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function leadsAway(url: string, to: string): CliError {
  return new CliError(
    `${url} leads to ${to}, where the operator key was not sent. If the server is there, give its address with --url.`,
  )
}

function reasonIn({ title = 'The server refused', detail = title, errors = [] }: Problem): string {
  const faults = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
  return sentence([detail, ...faults].join('; '))
}

/** What to do about a refusal that does not say so itself. */
function hintFor(status: number, { type = '' }: Problem): string | undefined {
  if (type.endsWith(':operator-key-needed')) return 'Give that in WEIR_OPERATOR_KEY, or with --operator-key.'
  if (status === 401 || status === 403) {
    return (
      'Give the key that the server was started with in WEIR_OPERATOR_KEY, or with --operator-key. ' +
      'A key that was made for a local start is in keys.json of its data folder, which --data names.'
    )
  }
  if (type.endsWith(':unknown-route')) return 'Its operations are not served, or another --url is meant.'
  return undefined
}

/** Operations are at the root of a server, and only a proxy may put that below a path. */
function hintAtPath(url: string, { type = '' }: Problem): string | undefined {
  const { pathname = '/' } = URL.parse(url) ?? {}
  if (pathname === '/' || !/:(not-found|unknown-route|method-not-allowed)$/.test(type)) return undefined
  return `Operations are at the root of a server: give --url without ${pathname}.`
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  const code = (cause as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : message
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
