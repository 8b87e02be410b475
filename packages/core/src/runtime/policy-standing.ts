import type { RecordedEvent } from '../definitions/index.ts'
import type { WaitingEvent } from '../ports/index.ts'
import { deadTimers, pagesOf, type TimerStore, timersFrom } from './timers-list.ts'
import type { Timer } from './timers-stored.ts'

/** What a policy has left to do about an event. */
export interface PolicyStanding {
  /** `parked`: it waits for repair, or behind an event that does; `pending`: it is its turn, or will be. */
  readonly event: 'parked' | 'pending' | undefined
  /** When the next of its timers is due, ISO 8601. */
  readonly due: string | undefined
}

/** What a policy keeps, as far as it is looked at for this. */
export interface StandingStore extends TimerStore {
  standing(stream: string): WaitingEvent | undefined
}

type Occasion = Pick<RecordedEvent, 'id' | 'stream' | 'version' | 'recordedAt'>

/** Of timers, so many pages are looked at: there is no index of the events that scheduled them. */
const MOST_PAGES = 5

/** How an event stands that a policy has a handler for. */
export async function standingOf(store: StandingStore, event: Occasion): Promise<PolicyStanding> {
  const under = store.standing(event.stream)
  if (under && under.version <= event.version) {
    return { event: under.error === undefined ? 'pending' : 'parked', due: undefined }
  }
  const isOfEvent = ({ eventId }: Timer) => eventId === event.id
  const { timers } = await deadTimers(store)
  if (timers.some(isOfEvent)) return { event: 'parked', due: undefined }
  const waiting = await findTimer(store, Date.parse(event.recordedAt), isOfEvent)
  return { event: undefined, due: waiting && new Date(Number(waiting.due)).toISOString() }
}

/** Timers are due when their event was recorded, or later: of many that wait, the one that is looked for is near. */
async function findTimer(
  store: StandingStore,
  from: number,
  isMeant: (timer: Timer) => boolean,
): Promise<Timer | undefined> {
  let pages = 0
  for await (const timers of pagesOf(timersFrom(from), store)) {
    const found = timers.find(isMeant)
    pages += 1
    if (found || pages === MOST_PAGES) return found
  }
  return undefined
}
