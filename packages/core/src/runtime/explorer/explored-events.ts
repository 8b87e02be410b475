import type { App, RecordedEvent } from '../../definitions/index.ts'
import type { Commit } from '../../ports/index.ts'
import { decodeCommit } from '../codec.ts'
import { messageOf, UndecodableEventError } from '../errors.ts'
import { readEvent } from '../read-event.ts'
import { parseStream } from '../stream-name.ts'
import type { ExploredEvent } from './explorer.ts'

/** Characters of a commit that cannot be read which are shown. */
const MOST_RAW = 10_000

/** The events of a commit, in the newest versions of their schemas. Those of an aggregate that is gone are as recorded. */
export function exploredEvents(app: App, commit: Commit): ExploredEvent[] {
  let recorded: RecordedEvent[]
  try {
    recorded = decodeCommit(commit)
  } catch (error) {
    return unreadable(commit, whyUndecodable(error))
  }
  const { aggregate: name } = parseStream(commit.stream)
  const aggregate = app.aggregates.find((each) => each.name === name)
  return recorded.map((event) => {
    try {
      return aggregate ? readEvent(aggregate, event) : event
    } catch (error) {
      return { stream: event.stream, version: event.version, undecodable: whyUndecodable(error), raw: event }
    }
  })
}

function unreadable({ stream, version, count, payload }: Commit, undecodable: string): ExploredEvent[] {
  const raw = payload.length > MOST_RAW ? `${payload.slice(0, MOST_RAW)}…` : payload
  return Array.from({ length: count }, (_, index) => ({ stream, version: version + index, undecodable, raw }))
}

function whyUndecodable(error: unknown): string {
  if (error instanceof UndecodableEventError) return messageOf(error)
  throw error
}
