import { UnavailableError } from 'weir/runtime'
import type { Answer } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { eventStreamHeaders } from './event-stream.ts'
import { LiveQuery, type LiveQueryServices } from './live-query.ts'
import { type LiveStreamOptions, liveStream } from './live-stream.ts'
import type { Shown } from './shown.ts'

/** So many connections of one application are shown something live at a time. */
const MOST_VIEWERS = 10_000

/** A question that is asked again whenever its answer may have changed. */
export interface WatchedQuestion extends LiveQueryServices {
  /** The same for all who ask the same. */
  readonly key: string
}

/** A question whose answer is shown live. */
export interface LiveQuestion extends WatchedQuestion, Omit<LiveStreamOptions, 'known' | 'onEnd'> {}

/** A live query, for one who is shown it. */
export interface View {
  readonly query: LiveQuery
  /** What it showed when the view began. */
  readonly first: Shown
  /** To be called when the viewer has gone. */
  readonly onEnd: () => void
}

/** Whether a caller asks to be shown changes as they come. (What HEAD begins to show, nobody would end.) */
export function wantsLive(exchange: Exchange): boolean {
  if (exchange.request.method !== 'GET') return false
  return exchange.header('accept')?.includes('text/event-stream') ?? false
}

interface Shared {
  readonly query: LiveQuery
  /** Those who are shown it, and those who wait for its first state. */
  users: number
}

/** The live queries of an application: who asks the same shares one, also those who come while it is read first. */
export class LiveQueries {
  readonly #queries = new Map<string, Shared>()
  #viewers = 0

  /** @throws UnavailableError when too many are shown something already, or the store fails */
  async answer(exchange: Exchange, question: LiveQuestion, headers: Record<string, string>): Promise<Answer> {
    const { query, first, onEnd } = await this.view(question)
    const body = liveStream(query, first, { ...question, known: exchange.header('last-event-id'), onEnd })
    return { status: 200, headers: { ...headers, ...eventStreamHeaders }, body }
  }

  /**
   * Reads a question for one who then joins its query at once, in the same turn.
   *
   * @throws UnavailableError as above
   */
  async view(question: WatchedQuestion): Promise<View> {
    if (this.#viewers >= MOST_VIEWERS) throw new UnavailableError('Too many are shown changes live')
    const { query, onEnd } = this.#use(question)
    try {
      return { query, first: await query.current(), onEnd }
    } catch (error) {
      onEnd()
      throw error
    }
  }

  #use({ key, ...services }: WatchedQuestion): Omit<View, 'first'> {
    const shared = this.#queries.get(key) ?? { query: new LiveQuery(services), users: 0 }
    this.#queries.set(key, shared)
    this.#viewers += 1
    shared.users += 1
    const onEnd = () => {
      this.#viewers -= 1
      shared.users -= 1
      if (shared.users === 0) this.#queries.delete(key)
    }
    return { query: shared.query, onEnd }
  }
}
