import type { ExploredEvent } from 'weir/runtime'
import { UsageError } from '../errors.ts'
import { inShort, visible } from '../output/visible.ts'
import type { Page } from './client.ts'
import { connect, type Operations } from './connect.ts'
import type { EventsFlags } from './flags.ts'
import { follow } from './follow.ts'
import { say, sayHint, sayJson, sayTable } from './print.ts'

/** Behind all versions. */
const END = '999999999999999'

/** Shows the last events of a stream, and with `--follow` what is recorded from then on. Answers the exit code. */
export async function events(
  stream: string | undefined,
  flags: EventsFlags,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  checkFlags(stream, flags)
  const operations = await connect(flags)
  if (flags.follow) await followEvents(operations, stream, flags, signal)
  else if (stream !== undefined) showPage(await lastOf(operations, stream, flags), flags)
  return 0
}

function checkFlags(stream: string | undefined, { follow, type, aggregate }: EventsFlags): void {
  if (follow) return
  if (stream === undefined)
    throw new UsageError('Name a stream, or add --follow to see what is recorded in all of them.')
  if ((type ?? aggregate) === undefined) return
  throw new UsageError('--type and --aggregate choose among what is recorded from now on: add --follow.')
}

function lastOf({ client, base }: Operations, stream: string, { limit }: EventsFlags): Promise<Page<ExploredEvent>> {
  const query = new URLSearchParams({ before: END, limit })
  return client.page(`${base}/streams/${encodeURIComponent(stream)}/events?${query}`)
}

async function followEvents(
  operations: Operations,
  stream: string | undefined,
  flags: EventsFlags,
  signal: AbortSignal,
): Promise<void> {
  const { type, aggregate, json } = flags
  const filter = Object.entries({ stream, type, aggregate }).filter(([, value]) => value !== undefined)
  const isWanted = (event: ExploredEvent) => type === undefined || ('type' in event && event.type === type)
  const path = `${operations.base}/events?${new URLSearchParams(filter as [string, string][])}`
  await follow(operations.client, path, {
    earlier: async () => (stream === undefined ? [] : (await lastOf(operations, stream, flags)).items.filter(isWanted)),
    show: json ? (event) => say(JSON.stringify(event)) : showLine,
    skipped: (count) => {
      if (!json) sayHint(`${count} events were left out: there were more than could be shown in time.\n`)
    },
    lost: () => process.stderr.write('The server has gone. It is tried again until it is back.\n'),
    signal,
  })
}

function showPage({ items, more }: Page<ExploredEvent>, { json }: EventsFlags): void {
  if (json) return sayJson(items)
  const rows = items.map((event) => {
    const { recorded, what, by, data } = wordsOf(event)
    return [event.version, recorded, what, by, data]
  })
  sayTable(['version', 'recorded', 'event', 'by', 'data'], rows, 'There are no events.')
  if (more) sayHint('There are earlier ones: raise --limit.')
}

function showLine(event: ExploredEvent): void {
  const { recorded, what, data } = wordsOf(event)
  say(`${recorded}  ${visible(event.stream)}@${event.version}  ${visible(what)}  ${data}`)
}

interface Words {
  readonly recorded: string
  readonly what: string
  readonly by: string
  readonly data: string
}

function wordsOf(event: ExploredEvent): Words {
  if ('undecodable' in event) {
    return { recorded: '', what: 'cannot be read', by: '', data: inShort(event.undecodable) }
  }
  const { recordedAt: recorded, type: what, actor: by = '', data } = event
  return { recorded, what, by, data: inShort(JSON.stringify(data) ?? '') }
}
