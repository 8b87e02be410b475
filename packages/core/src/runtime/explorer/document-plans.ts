import type { AnyProjection } from '../../definitions/index.ts'
import type { EventStore, StoredDocument } from '../../ports/index.ts'
import type { Plan } from '../plan.ts'
import { Planner } from '../planner.ts'
import { sourcesOf } from './document-sources.ts'
import type { StreamExplorer } from './stream-explorer.ts'

export interface DocumentPlans {
  readonly plans: readonly Plan[]
  /** Whether all events of the streams were read. */
  readonly isWhole: boolean
}

/** So many events, and characters, are read for one document. */
const MOST_EVENTS = 10_000
const MOST_TEXT = 16 * 1024 * 1024

/** What is done for a document, in the order in which it was recorded; for each stream, in the order of that. */
export async function documentPlans(
  projection: AnyProjection,
  id: string,
  stored: StoredDocument | undefined,
  { events, streams }: { readonly events: EventStore; readonly streams: StreamExplorer },
): Promise<DocumentPlans> {
  const planner = new Planner(projection, events)
  const lines: Plan[][] = []
  let read = 0
  let text = 0
  for (const stream of sourcesOf(projection, id, stored)) {
    const line: Plan[] = []
    lines.push(line)
    for await (const commit of streams.commits(stream, 0)) {
      line.push(...planner.plansOf(commit).flatMap((plan) => planFor(id, plan)))
      read += commit.count
      text += commit.payload.length
      if (read > MOST_EVENTS || text > MOST_TEXT) return { plans: merged(lines), isWhole: false }
    }
  }
  return { plans: merged(lines), isWhole: true }
}

/** The part of a plan that is about the document. What cannot be read may be about it. */
function planFor(id: string, plan: Plan): Plan[] {
  if (plan.failure !== undefined) return [plan]
  const steps = plan.steps.filter(({ documentId }) => documentId === id)
  return steps.length > 0 ? [{ ...plan, steps }] : []
}

interface Line {
  readonly line: readonly Plan[]
  next: number
}

/** One line of several, each of which stays in its order. */
function merged(lines: readonly Plan[][]): Plan[] {
  let left: Line[] = lines.map((line) => ({ line, next: 0 }))
  const plans: Plan[] = []
  for (;;) {
    left = left.filter(({ line, next }) => next < line.length)
    if (left.length === 0) return plans
    const first = left.reduce((a, b) => (isEarlier(b, a) ? b : a))
    plans.push(first.line[first.next] as Plan)
    first.next += 1
  }
}

/** Ids are in the order in which they were made, as far as clocks can tell. Of what cannot be read nothing may be known. */
function isEarlier(a: Line, b: Line): boolean {
  const [one, other] = [a.line[a.next]?.event, b.line[b.next]?.event]
  const [at, otherAt] = [one?.recordedAt ?? '', other?.recordedAt ?? '']
  return at === otherAt ? (one?.id ?? '') < (other?.id ?? '') : at < otherAt
}
