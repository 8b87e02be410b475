type HeaderValues = Readonly<Record<string, string>>

/** What was answered, with its body read. */
export interface Answer {
  readonly status: number
  /** A header's value, or undefined. */
  header(name: string): string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests know what they have asked for
  readonly body: any
}

/** Asks a server for JSON. */
export interface Client {
  get(path: string, headers?: HeaderValues): Promise<Answer>
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    headers?: HeaderValues,
  ): Promise<Answer>
  /** Anything at all, as it is. */
  request(path: string, init: RequestInit): Promise<Response>
}

/** @param request how a server is reached */
export function clientOf(request: Client['request']): Client {
  return {
    request,
    get: async (path, headers = {}) => read(await request(path, { headers })),
    send: async (method, path, body, headers = {}) => {
      const init = { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
      return read(await request(path, init))
    },
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const { status, headers } = response
  return { status, header: (name) => headers.get(name) ?? undefined, body: text === '' ? undefined : JSON.parse(text) }
}
