import type {
  Append,
  AppendResult,
  CommandRecord,
  Commit,
  EventStore,
  Expectation,
  Position,
  StreamAppend,
} from 'weir/ports'

/** A stream's part in an append: `count` events that say which they are. */
export function part(stream: string, expected: Expectation, count = 1): StreamAppend {
  return { stream, expected, count, payload: count === 0 ? '' : payloadOf(stream, count) }
}

/** An append of one stream. */
export function one(stream: string, expected: Expectation, count = 1): Append {
  return { streams: [part(stream, expected, count)], commands: [] }
}

/** The record of a command that appended one event, its stream's first. */
export function command(commandId: string, stream = 'order-1'): CommandRecord {
  return { commandId, stream, version: 1, count: 1, hash: `hash of ${commandId}` }
}

/** Appends a single member. */
export async function append(events: EventStore, member: Append): Promise<AppendResult> {
  const [result] = await events.append([member])
  if (!result) throw new Error('append must answer every member')
  return result
}

/** The position of an append that succeeded, as `covers` takes it. */
export async function located(events: EventStore, { streams }: Append, result: AppendResult): Promise<Position> {
  if (result.outcome !== 'appended') throw new Error(`What was not appended has no position: ${result.outcome}`)
  const heads = streams.map(({ stream }, index) => ({ stream, version: result.versions[index] as number }))
  const position = await events.locate(heads, result.position)
  if (position === undefined) throw new Error(`The store does not know the position ${result.position} that it gave`)
  return position
}

/** All of a stream, in pages of a few commits. */
export async function readAll(events: EventStore, stream: string): Promise<Commit[]> {
  const all: Commit[] = []
  for (;;) {
    const last = all.at(-1)
    const after = last ? lastVersion(last) : 0
    const page = await events.readStream(stream, after, 7)
    if (page.length === 0) return all
    if (page.some((commit) => lastVersion(commit) <= after)) throw new Error(`${stream} repeats version ${after}`)
    all.push(...page)
  }
}

/** The version that a stream is at: that of its last event, 0 when there is none. */
export async function versionOf(events: EventStore, stream: string): Promise<number> {
  const last = (await readAll(events, stream)).at(-1)
  return last ? lastVersion(last) : 0
}

/** The version of a commit's last event. */
export function lastVersion({ version, count }: Commit): number {
  return version + count - 1
}

function payloadOf(stream: string, count: number): string {
  return JSON.stringify(Array.from({ length: count }, (_, index) => ({ type: 'Noted', data: { stream, index } })))
}
