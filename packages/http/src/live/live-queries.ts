import type { AnyProjection } from 'weir'
import { type Runtime, UnavailableError } from 'weir/runtime'
import type { Answer } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { eventStreamHeaders } from './event-stream.ts'
import { LiveQuery } from './live-query.ts'
import { type LiveStreamOptions, liveStream } from './live-stream.ts'
import type { Shown } from './shown.ts'

/** So many connections of one application are shown something live at a time. */
const MOST_VIEWERS = 10_000

/** A question whose answer is shown live. */
export interface LiveQuestion extends Omit<LiveStreamOptions, 'known' | 'onEnd'> {
  readonly projection: AnyProjection
  /** The same for all who ask the same. */
  readonly key: string
  readonly read: () => Promise<Shown>
  /** The only document whose changes matter, if it is one. */
  readonly document?: string
}

/** Whether a caller asks to be shown changes as they come. */
export function wantsLive(exchange: Exchange): boolean {
  return exchange.header('accept')?.includes('text/event-stream') ?? false
}

/** The live queries of an application: who asks the same shares one. */
export class LiveQueries {
  readonly #runtime: Runtime
  readonly #queries = new Map<string, LiveQuery>()
  #viewers = 0

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  /** @throws UnavailableError when too many are shown something already, or the store fails */
  async answer(exchange: Exchange, question: LiveQuestion, headers: Record<string, string>): Promise<Answer> {
    if (this.#viewers >= MOST_VIEWERS) throw new UnavailableError('Too many are shown changes live')
    const query = this.#queryOf(question)
    const first = await query.current()
    const known = exchange.header('last-event-id')
    const onEnd = () => {
      this.#viewers -= 1
    }
    const body = liveStream(query, first, { ...question, known, onEnd })
    this.#viewers += 1
    this.#queries.set(question.key, query)
    Object.assign(headers, eventStreamHeaders)
    return { status: 200, headers, body }
  }

  #queryOf({ key, projection, read, document }: LiveQuestion): LiveQuery {
    const known = this.#queries.get(key)
    if (known) return known
    const observe = (onChange: () => void) =>
      this.#runtime.observe(projection, (ids) => {
        if (document === undefined || !ids || ids.has(document)) onChange()
      })
    const query: LiveQuery = new LiveQuery({ read, observe }, () => {
      if (this.#queries.get(key) === query) this.#queries.delete(key)
    })
    return query
  }
}
