import type { EventMetadata, EventPlace, RecordedEvent } from '../definitions/index.ts'
import type { Commit } from '../ports/index.ts'
import { messageOf, UndecodableEventError } from './errors.ts'
import { parseStream } from './stream-name.ts'

/**
 * How a commit is written: `{"at":"<ISO time>","events":[{…}]}`.
 *
 * 1. What is part of history never changes its meaning: fields may be added, none is renamed.
 * 2. What can be known otherwise is left out: stream and version stand in the commit, a `correlationId` or `causationId`
 *    equal to the command's id and a `schemaVersion` of 1 are not written.
 */
interface EncodedEvent {
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly schemaVersion?: number | undefined
  readonly commandId: string
  readonly correlationId?: string | undefined
  readonly causationId?: string | undefined
  readonly traceparent?: string | undefined
  readonly actor?: string | undefined
  readonly command?: string | undefined
  readonly causedBy?: EventPlace | undefined
  readonly beside?: readonly EventPlace[] | undefined
}

/** What the events of one command share. */
export type CommandMetadata = Pick<
  EventMetadata,
  'commandId' | 'correlationId' | 'causationId' | 'traceparent' | 'actor' | 'command' | 'causedBy' | 'beside'
>

/** One event as text, to be put into a commit with `encodeCommit`. */
export function encodeEvent(
  id: string,
  type: string,
  data: unknown,
  metadata: CommandMetadata,
  schemaVersion = 1,
): string {
  const { commandId, correlationId, causationId, traceparent, actor, command, causedBy, beside } = metadata
  const encoded: EncodedEvent = {
    id,
    type,
    data,
    schemaVersion: schemaVersion === 1 ? undefined : schemaVersion,
    commandId,
    correlationId: correlationId === commandId ? undefined : correlationId,
    causationId: causationId === commandId ? undefined : causationId,
    traceparent,
    actor,
    command,
    causedBy,
    beside,
  }
  return JSON.stringify(encoded)
}

/** The payload of a commit. */
export function encodeCommit(recordedAt: string, events: readonly string[]): string {
  return `{"at":${JSON.stringify(recordedAt)},"events":[${events.join(',')}]}`
}

/** How many bytes a commit has beside its events. */
export const commitFrame: number = encodeCommit(new Date(0).toISOString(), []).length

/**
 * The events of a commit.
 *
 * @throws UndecodableEventError when the payload is not what `encodeCommit` writes
 */
export function decodeCommit(commit: Commit): RecordedEvent[] {
  const { at, events } = parsePayload(commit)
  const { stream } = commit
  const aggregateId = parseStream(stream).id
  return events.map((event, index) => ({
    id: event.id,
    aggregateId,
    stream,
    version: commit.version + index,
    type: event.type,
    schemaVersion: event.schemaVersion ?? 1,
    data: event.data,
    recordedAt: at,
    commandId: event.commandId,
    correlationId: event.correlationId ?? event.commandId,
    causationId: event.causationId ?? event.commandId,
    traceparent: event.traceparent,
    actor: event.actor,
    command: event.command,
    causedBy: event.causedBy,
    beside: event.beside,
  }))
}

function parsePayload(commit: Commit): { at: string; events: EncodedEvent[] } {
  try {
    const payload = JSON.parse(commit.payload)
    if (payload.events.length !== commit.count) throw new Error(`${payload.events.length} events, not ${commit.count}`)
    if (!payload.events.every(isEvent)) throw new Error('an event of it has no type')
    return payload
  } catch (cause) {
    const place = `${commit.stream}, version ${commit.version}`
    throw new UndecodableEventError(`The commit at ${place} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function isEvent(value: unknown): boolean {
  return typeof (value as { type?: unknown } | null)?.type === 'string'
}
