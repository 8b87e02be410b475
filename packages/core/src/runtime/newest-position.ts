import type { EventStore, Position } from '../ports/index.ts'
import type { TokenContent } from './token.ts'

/**
 * How far streams have come, with the newest commit's position, as for a token: it is to be located. An append of nothing
 * tells both.
 */
export async function newestOf(events: EventStore, streams: readonly string[]): Promise<TokenContent> {
  const parts = streams.map((stream) => ({ stream, expected: 'any' as const, count: 0, payload: '' }))
  const [result] = await events.append([{ streams: parts, commands: [] }])
  if (result?.outcome !== 'appended') throw new Error('An append that expects nothing was refused')
  const { versions, position } = result
  return { streams: streams.map((stream, index) => ({ stream, version: versions[index] as number })), position }
}

/** The newest commit's position, located. (A cursor is no position, though on some engines it looks like one.) */
export async function newestPosition(events: EventStore): Promise<Position> {
  const { streams, position } = await newestOf(events, [])
  const located = await events.locate(streams, position)
  if (located === undefined) throw new Error('The store does not know a position that it has just given out')
  return located
}
