import type { Append, CommandRecord, Commit, EventStore } from 'weir/ports'
import { CliError } from '../errors.ts'
import { visible } from '../output/visible.ts'
import { commandsOf, pagesOf } from './log.ts'
import { Meter } from './meter.ts'
import type { Heads } from './partial.ts'

/** What was copied. */
export interface Copied {
  readonly events: number
  readonly milliseconds: number
}

/**
 * Copies commits in the order of the feed, each as it is, and the records of commands behind them: so whatever ends it, the
 * target holds the beginnings of streams, and no record of what is not there.
 *
 * @param heads what the target holds already
 * @throws CliError when somebody else writes to the target, or it cannot take a commit
 */
export async function copyLog(source: EventStore, target: EventStore, heads: Heads): Promise<Copied> {
  const meter = new Meter(
    'Copying what is recorded: nothing may be written meanwhile',
    (await source.progress(undefined)).total,
  )
  let events = 0
  for await (const { commits } of pagesOf(source)) {
    const missing = commits.filter(({ stream, version }) => version > (heads.get(stream)?.version ?? 0))
    await appendAll(target, missing)
    for (const { count } of missing) events += count
    meter.pass(commits)
  }
  for await (const records of commandsOf(source)) await target.append(records.map(ofCommand))
  meter.end()
  return { events, milliseconds: meter.milliseconds }
}

async function appendAll(target: EventStore, commits: readonly Commit[]): Promise<void> {
  const tooLarge = commits.find(({ payload }) => Buffer.byteLength(payload) > target.limits.text)
  if (tooLarge) throw cannotTake(tooLarge, target.limits.text)
  const results = await target.append(commits.map(ofCommit))
  const refused = results.findIndex(({ outcome }) => outcome !== 'appended')
  if (refused >= 0) throw writtenMeanwhile(commits[refused] as Commit)
}

function ofCommit({ stream, version, count, payload }: Commit): Append {
  const expected = version === 1 ? 'absent' : version - 1
  return { streams: [{ stream, expected, count, payload }], commands: [] }
}

/** One that is there already is a duplicate; whether it is the same is seen when the stores are compared. */
function ofCommand(command: CommandRecord): Append {
  return { streams: [], commands: [command] }
}

function cannotTake({ stream, version, payload }: Commit, limit: number): CliError {
  return new CliError(
    `The target cannot take version ${version} of ${visible(stream)}: what was recorded at once has ` +
      `${Buffer.byteLength(payload)} bytes, and it takes ${limit}.`,
  )
}

function writtenMeanwhile({ stream }: Commit): CliError {
  return new CliError(
    `Somebody else writes to the target: ${visible(stream)} has changed there. Stop what runs on it, empty it, copy again.`,
  )
}
