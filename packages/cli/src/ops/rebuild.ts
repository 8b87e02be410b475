import type { RebuildStatus } from 'weir/runtime'
import { paint } from '../output/pretty.ts'
import { oneLine, shellWord, visible } from '../output/visible.ts'
import { type Progress, progressOn } from './bar.ts'
import { UnreachableError } from './client.ts'
import { connect, type Operations } from './connect.ts'
import type { RebuildFlags } from './flags.ts'
import { say, sayJson } from './print.ts'
import { count, counted, duration, percent } from './words.ts'

/** Milliseconds between two looks. */
const look = 250

/** Milliseconds for which a server may be away while it is followed: it may be restarting. */
const patience = 30_000

/** Starts a rebuild, or does something about one, and follows it until it ends. Answers the exit code. */
export async function rebuild(projection: string, flags: RebuildFlags): Promise<number> {
  const operations = await connect(flags)
  const path = `${operations.base}/projections/${encodeURIComponent(projection)}`
  const status = await begin(operations, path, flags)
  if (flags.detach || flags.stop || flags.cancel) {
    if (flags.json) sayJson(status)
    else say(`${projection}: ${standing(status)}`)
    return 0
  }
  const progress = flags.json ? silent : progressOn(process.stdout)
  const stopWatching = sayOnInterrupt(projection, progress)
  if (!flags.json && status.state === 'running') say(`Folding ${projection} into generation ${status.generation}.`)
  const last = await follow(() => operations.client.get<RebuildStatus>(`${path}/rebuild`), status, progress)
  stopWatching()
  if (flags.json) sayJson(last)
  else for (const line of endOf(projection, last)) say(line)
  return last.state === 'done' ? 0 : 1
}

function begin({ client }: Operations, path: string, flags: RebuildFlags): Promise<RebuildStatus> {
  if (flags.stop) return client.post(`${path}/rebuild/stop`)
  if (flags.cancel) return client.delete(`${path}/rebuild`)
  if (flags.accept) return client.post(`${path}/rebuild/accept`, { streams: flags.accept })
  if (flags.rollBack) return client.post(`${path}/roll-back`)
  return client.post(`${path}/rebuild`)
}

async function follow(
  ask: () => Promise<RebuildStatus>,
  first: RebuildStatus,
  progress: Progress,
): Promise<RebuildStatus> {
  let status = first
  while (status.state === 'running') {
    progress.show(status)
    await pause()
    status = await insist(ask)
  }
  if (status.state === 'done') progress.show({ ...status, secondsLeft: undefined })
  progress.end()
  return status
}

/** A rebuild survives a restart of its server, so does following it. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  const began = performance.now()
  while (true) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof UnreachableError) || performance.now() - began > patience) throw error
      await pause()
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, look))
}

const silent: Progress = { show: () => {}, end: () => {} }

/** Ctrl+C ends only the looking on. */
function sayOnInterrupt(projection: string, progress: Progress): () => void {
  const leave = () => {
    progress.end()
    say(`The rebuild goes on in the server. Follow it again: weir rebuild ${projection}; stop it: add --stop.`)
    process.exit(130)
  }
  process.once('SIGINT', leave)
  return () => process.off('SIGINT', leave)
}

function standing({ state, generation, done, total }: RebuildStatus): string {
  const at = `${percent(done, total)} %, ${count(done)} of ${count(total)} events`
  return state === 'done' ? `generation ${generation} serves.` : `generation ${generation} is ${state} (${at}).`
}

function endOf(projection: string, status: RebuildStatus): string[] {
  const again = `weir rebuild ${projection}`
  switch (status.state) {
    case 'done':
      return [`${paint('green', '✓')} Generation ${status.generation} of ${projection} serves${took(status)}.`]
    case 'blocked':
      return [
        `${paint('red', '✗')} The new generation waits: ${counted(status.newlyParked.length, 'stream')} parked in it, and not in the one that serves:`,
        ...status.newlyParked.map((stream) => `    ${visible(stream)}`),
        `See why: weir dead-letters list ${projection}. Mend the handler, deploy, and it is tried again;`,
        `or let it serve without them: ${again} --accept ${status.newlyParked.map(shellWord).join(' ')}`,
      ]
    case 'failed':
      return [
        `${paint('red', '✗')} The rebuild failed: ${oneLine(status.error ?? 'no reason is known')}.`,
        `What served before serves on. Start it anew: ${again}`,
      ]
    case 'stopped':
      return [
        `${paint('yellow', '■')} It was stopped at ${percent(status.done, status.total)} %. Go on with it: ${again}`,
      ]
    default:
      return [`${paint('yellow', '■')} It was cancelled: what was folded is dropped. Start it anew: ${again}`]
  }
}

function took({ total, startedAt, endedAt }: RebuildStatus): string {
  if (endedAt === undefined) return ''
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000
  return `: ${counted(total, 'event')} in ${duration(seconds)}`
}
