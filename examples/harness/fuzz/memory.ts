import { isRecall, type Recall, type RequestSketch } from './requests.ts'

const NOTHING_YET: Readonly<Record<Recall['recall'], string>> = { id: 'unheard-of', token: '', cursor: '', etag: '*' }

/** What a run has been told, so that later requests can name it. */
export class Memory {
  readonly #known: Record<Recall['recall'], string[]> = { id: [], token: [], cursor: [], etag: [] }

  learn(response: Response, text: string): void {
    const location = response.headers.get('location')
    this.#add('id', location?.split('/').at(-1))
    this.#add('token', response.headers.get('consistency-token'))
    this.#add('etag', response.headers.get('etag'))
    const cursor = /[?&]cursor=([^&>]+)/.exec(response.headers.get('link') ?? '')?.[1]
    this.#add('cursor', cursor && decodeURIComponent(cursor))
    if (text.length > 100_000) throw new Error('An answer of such a length was not expected')
  }

  /** The request that a sketch stands for now. */
  requestOf({ method, path, query, rawQuery, headers, body, rawBody }: RequestSketch): [string, RequestInit] {
    const segments = path.map((part) => (isRecall(part) ? this.#fill(part) : inPath(part)))
    const pairs = query.map(([name, value]) => `${encode(name)}=${encode(this.#fill(value))}`)
    const search = [...pairs, ...(rawQuery ? [rawQuery] : [])].join('&')
    const filled = Object.entries(headers).map(([name, value]) => [name, this.#fill(value)])
    const payload = rawBody ?? JSON.stringify(this.#fillFields(body))
    const mayHaveBody = method !== 'GET' && method !== 'HEAD' && payload !== undefined
    return [
      `/${segments.join('')}`.replace(/^\/+/, '/') + (search && `?${search}`),
      { method, headers: Object.fromEntries(filled), ...(mayHaveBody && { body: payload }) },
    ]
  }

  #add(what: Recall['recall'], value: string | null | undefined): void {
    if (value) this.#known[what].push(value)
  }

  #fill(value: string | Recall): string {
    if (!isRecall(value)) return value
    const known = this.#known[value.recall]
    return known[value.nth % Math.max(1, known.length)] ?? NOTHING_YET[value.recall]
  }

  #fillFields(body: unknown): unknown {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
    return Object.fromEntries(
      Object.entries(body).map(([name, value]) => [
        name,
        isRecall(value) ? this.#fill(value) : this.#fillFields(value),
      ]),
    )
  }
}

const encode = (text: string): string => encodeURIComponent(text.toWellFormed())

const inPath = (part: string): string => (/^[/%\\]/.test(part) ? part : encode(part))
