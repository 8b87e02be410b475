import type { ExploredEvent } from 'weir/runtime'
import * as z from 'zod'
import { problem } from '../problems/problem.ts'
import {
  causation,
  exploredEvent,
  prefixParameter,
  readVersion,
  stateAt,
  streamHead,
  versionParameter,
} from './explorer-schemas.ts'
import { appRoute, type OpsRoute, type TurnedPage } from './operation.ts'
import { pageQuery, readCursor, writeCursor } from './page.ts'

const STREAM = '/streams/:stream'

const eventQuery = z.strictObject({
  after: versionParameter('Only events behind this version.'),
  before: versionParameter('Only events before this version: the last of them, still in order.'),
  limit: pageQuery.shape.limit,
})

/** What is recorded, stream by stream. */
export const streamRoutes: readonly OpsRoute[] = [
  appRoute({
    method: 'GET',
    path: '/streams',
    id: 'listStreams',
    summary: 'Streams, the last name first',
    description: 'Where ids are UUIDv7, as those that Weir makes, what was begun last comes first.',
    query: pageQuery.extend({ prefix: prefixParameter }),
    answer: { name: 'Stream', schema: streamHead },
    list: { turned: true },
    run: async (operations, { query: { prefix, limit, cursor } }) => {
      const before = cursor === undefined ? undefined : readCursor(cursor)
      if (before === null) return problem('malformed-cursor')
      const { streams, more } = await operations.streams({ prefix, before, limit })
      const last = more ? streams.at(-1) : undefined
      return { items: streams, next: last && { cursor: writeCursor(last.stream) } } satisfies TurnedPage
    },
  }),
  appRoute({
    method: 'GET',
    path: STREAM,
    id: 'getStream',
    summary: 'How far a stream has come',
    answer: { name: 'Stream', schema: streamHead },
    run: (operations, { parameter }) => operations.stream(parameter('stream')),
  }),
  appRoute({
    method: 'GET',
    path: `${STREAM}/events`,
    id: 'listEvents',
    summary: 'Events of a stream, in version order',
    description:
      'Each in the newest version of its schema. A page ends early when its events are large. The link leads on in the direction that was asked for.',
    query: eventQuery,
    answer: { name: 'Event', schema: exploredEvent },
    list: { turned: true },
    run: async (operations, { parameter, query }) => {
      const { events, more } = await operations.streamEvents(parameter('stream'), query)
      return { items: events, next: more ? turnTo(events, query) : undefined } satisfies TurnedPage
    },
  }),
  appRoute({
    method: 'GET',
    path: `${STREAM}/events/:version/causation`,
    id: 'getCausation',
    summary: 'What an event belongs to, from the request to all that followed',
    description:
      'Requests lead to commands, these to events, those to policies and their commands. At most 400 of all these are shown.',
    answer: { name: 'Causation', schema: causation },
    run: async (operations, { parameter }) => {
      const version = readVersion(parameter('version'))
      return version === undefined ? problem('not-found') : operations.causation(parameter('stream'), version)
    },
  }),
  appRoute({
    method: 'GET',
    path: `${STREAM}/state`,
    id: 'getState',
    summary: 'The state of the aggregate at a version',
    query: z.strictObject({ version: versionParameter('0: before the first event. The newest if not given.') }),
    answer: { name: 'State', schema: stateAt },
    run: (operations, { parameter, query }) => operations.stateAt(parameter('stream'), query.version),
  }),
]

function turnTo(events: readonly ExploredEvent[], { before }: z.output<typeof eventQuery>): Record<string, string> {
  const [first, last] = [events[0], events.at(-1)]
  return before === undefined ? { after: String(last?.version) } : { before: String(first?.version) }
}
