import { type Problem, problemFrom, problemOf } from './problem.ts'

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page is, if there is one. */
  readonly next: string | undefined
}

type Query = Readonly<Record<string, string | number | undefined>>

const header = 'x-operator-key'
const nextOf = /<([^>]+)>;\s*rel="?next"?/

/** Joins parts to a path below `/ops`, each encoded. */
export function path(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('')
}

/** A path with a query of what is given. */
export function withQuery(at: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? at : `${at}?${text}`
}

/** Speaks with the operations API in the name of whoever has the key. */
export class OpsClient {
  readonly #root: string
  readonly #key: string
  readonly #refused: (problem: Problem) => void

  /**
   * @param root where `/ops` is
   * @param refused is told when the key is not good any more
   */
  constructor(root: string, key: string, refused: (problem: Problem) => void = () => {}) {
    this.#root = root
    this.#key = key
    this.#refused = refused
  }

  /** @throws Problem */
  async get<T>(at: string, signal?: AbortSignal): Promise<T> {
    return (await (await this.send('GET', at, { signal })).json()) as T
  }

  /** @throws Problem */
  async page<T>(at: string, signal?: AbortSignal): Promise<Page<T>> {
    const answer = await this.send('GET', at, { signal })
    const next = nextOf.exec(answer.headers.get('link') ?? '')?.[1]
    return { items: (await answer.json()) as T[], next: next?.replace(/^.*?\/ops(?=\/)/, '') }
  }

  /** @throws Problem */
  async post<T>(at: string, body: object = {}): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    return (await (await this.send('POST', at, { body: JSON.stringify(body), headers })).json()) as T
  }

  /** @throws Problem */
  async delete<T>(at: string): Promise<T> {
    return (await (await this.send('DELETE', at)).json()) as T
  }

  /** A request whose answer is read by the caller: a stream, for instance. */
  async send(method: string, at: string, init: RequestInit = {}): Promise<Response> {
    const headers = { accept: 'application/json', ...init.headers, [header]: this.#key }
    const answer = await this.#fetch(at, { ...init, method, headers, cache: 'no-store' })
    if (answer.ok) return answer
    const problem = await problemOf(answer)
    if (problem.refusesKey) this.#refused(problem)
    throw problem
  }

  async #fetch(at: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#root + at, init)
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw problemFrom(error)
    }
  }
}
