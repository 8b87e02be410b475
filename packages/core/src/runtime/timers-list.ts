import type { Filter, ListQuery } from '../ports/index.ts'
import type { PolicyStore } from './policy-store.ts'
import { readTimer, type Timer } from './timers-stored.ts'

/** Timers as they are saved, and whether there are more behind them. */
interface TimerPage {
  readonly timers: readonly Timer[]
  readonly more: boolean
}

/** Where timers are kept. */
export type TimerStore = Pick<PolicyStore, 'list'>

/** Reads a page of at most a thousand, behind a timer. */
type ReadTimers = (store: TimerStore, after?: Timer) => Promise<TimerPage>

const MOST_LISTED = 1000
const MOST_COUNTED = 10_000

/** Those whose command has failed for good, by key. */
export const deadTimers: ReadTimers = (store, after) =>
  readPage(store, { field: 'due', operator: 'eq', value: null }, after)

/** Those that are to fire, the next ones first. */
export const waitingTimers: ReadTimers = (store, after) => timersFrom(0)(store, after)

/** Those that are to fire at a time or later, in milliseconds since the epoch, the next ones first. */
export const timersFrom =
  (due: number): ReadTimers =>
  (store, after) =>
    readPage(store, { field: 'due', operator: 'gte', value: due }, after)

/** Page after page, to the last one. */
export async function* pagesOf(read: ReadTimers, store: TimerStore): AsyncGenerator<readonly Timer[]> {
  for (let page = await read(store); ; page = await read(store, page.timers.at(-1))) {
    yield page.timers
    if (!page.more) return
  }
}

/** Those whose command has failed for good, by key, however many. */
export async function allDeadTimers(store: TimerStore): Promise<Timer[]> {
  const all: Timer[] = []
  for await (const timers of pagesOf(deadTimers, store)) all.push(...timers)
  return all
}

/** Exact up to ten thousand: more are not counted, since people look at this again and again. */
export async function countTimers(read: ReadTimers, store: TimerStore): Promise<number> {
  let count = 0
  for await (const { length } of pagesOf(read, store)) {
    count += length
    if (count >= MOST_COUNTED) break
  }
  return count
}

/** Timers by when they are due. */
export function byDue(filter: Filter, limit: number, after?: ListQuery['after']): ListQuery {
  return { filters: [filter], sort: { field: 'due', descending: false }, limit, after }
}

async function readPage(store: TimerStore, filter: Filter, after: Timer | undefined): Promise<TimerPage> {
  const place = after && { value: after.due, id: after.key }
  const { documents, more } = await store.list(byDue(filter, MOST_LISTED, place))
  return { timers: documents.map(readTimer), more }
}
