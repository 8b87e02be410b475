import { serverSentEvents } from 'weir/client'
import type { ExploredEvent } from 'weir/runtime'
import { type OpsClient, UnreachableError } from './client.ts'

/** What is done about events that are followed. */
export interface Follower {
  /** Events of before, to be shown first. */
  readonly earlier: () => Promise<readonly ExploredEvent[]>
  readonly show: (event: ExploredEvent) => void
  /** So many were left out. */
  readonly skipped: (count: number) => void
  /** The server has gone: it is tried again and again. */
  readonly lost: () => void
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Milliseconds between two tries. */
const rest = 250

/** Milliseconds for which a server may be away: it may be restarting. */
const patience = 30_000

/**
 * Follows events, over restarts of the server, until it is told to end.
 *
 * @throws CliError when the server refuses, or is away for too long
 */
export async function follow(client: OpsClient, path: string, follower: Follower): Promise<void> {
  const { signal } = follower
  const position: Position = { lastEventId: undefined, shown: undefined }
  let since = performance.now()
  let isLost = false
  const heard = () => {
    since = performance.now()
    isLost = false
  }
  while (!signal.aborted) {
    try {
      await followOnce(client, path, position, { ...follower, heard })
    } catch (error) {
      if (signal.aborted) return
      if (!hasGone(error) || performance.now() - since > patience) throw error
      if (!isLost) follower.lost()
      isLost = true
    }
    await new Promise((resolve) => setTimeout(resolve, rest))
  }
}

interface Position {
  lastEventId: string | undefined
  /** The versions up to which streams were shown before they were followed; undefined: that is still to be done. */
  shown: Map<string, number> | undefined
}

/** A connection that breaks while it is read fails with a TypeError. */
function hasGone(error: unknown): boolean {
  return error instanceof UnreachableError || error instanceof TypeError
}

/** @param follower `heard` is called whenever the server lets itself be heard */
async function followOnce(
  client: OpsClient,
  path: string,
  position: Position,
  follower: Follower & { readonly heard: () => void },
): Promise<void> {
  const body = await client.stream(path, position.lastEventId, follower.signal)
  position.shown ??= await showEarlier(follower)
  for await (const { event, id, data } of serverSentEvents(body, follower.heard)) {
    if (event === 'skipped') follower.skipped(JSON.parse(data).count)
    else if (event === 'event') showNew(JSON.parse(data), position.shown, follower)
    position.lastEventId = id
  }
}

/** They are read when the others are on their way already: so none is missed, but some may come twice. */
async function showEarlier({ earlier, show }: Follower): Promise<Map<string, number>> {
  const events = await earlier()
  for (const event of events) show(event)
  return new Map(events.map(({ stream, version }) => [stream, version]))
}

function showNew(event: ExploredEvent, shown: ReadonlyMap<string, number>, { show }: Follower): void {
  if (event.version > (shown.get(event.stream) ?? 0)) show(event)
}
