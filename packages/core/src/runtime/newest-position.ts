import type { EventStore, Position } from '../ports/index.ts'

/** The newest commit's position: an append of nothing tells it. (A cursor is no position, though it may look like one.) */
export async function newestPosition(events: EventStore): Promise<Position> {
  const [result] = await events.append([{ streams: [], commands: [] }])
  if (result?.outcome !== 'appended') throw new Error('An append that expects nothing was refused')
  return result.position
}
