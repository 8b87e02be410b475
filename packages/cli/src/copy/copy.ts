import type { Engine, GenerationRecord } from 'weir/ports'
import { loadEnvironment } from '../environment.ts'
import { CliError, UsageError } from '../errors.ts'
import { say } from '../ops/print.ts'
import { compare } from './compare.ts'
import { type Copied, copyLog } from './copy-log.ts'
import { partOf } from './partial.ts'
import { copyPolicies, refuseStarted, settledPolicies } from './policies.ts'
import { isSame, linesOf } from './report.ts'
import { type StoresAt, storesAt, using } from './stores.ts'

export interface CopyFlags {
  readonly from: string
  readonly to: string
  readonly app?: string
  readonly verify?: true
  /** `true`: of all. */
  readonly withoutPolicies?: true | readonly string[]
}

/**
 * Copies what is recorded of applications from one place to another, and compares the two. Answers the exit code.
 *
 * @throws CliError or EngineError when that cannot be done; applications before that one are done then
 */
export async function copy(flags: CopyFlags): Promise<number> {
  loadEnvironment()
  const isWhole = !flags.verify && flags.withoutPolicies !== true
  const [from, to] = [storesAt(flags.from, isWhole), storesAt(flags.to, isWhole)]
  if (from.name === to.name) throw new UsageError('--from and --to name the same place.')
  const stopWatching = sayOnInterrupt(flags)
  let code = 0
  for (const application of await chosen(from, flags.app)) {
    say(flags.verify ? `${application}: ${from.name} and ${to.name}` : `${application}: ${from.name} → ${to.name}`)
    const isDone = await using(from.open(application), (source) => copyOne(application, source, to, flags))
    if (!isDone) code = 1
  }
  stopWatching()
  return code
}

function sayOnInterrupt({ verify }: CopyFlags): () => void {
  const leave = () => {
    say(verify ? '' : '\nIt was broken off. The same command goes on from here.')
    process.exit(130)
  }
  process.once('SIGINT', leave)
  return () => process.off('SIGINT', leave)
}

async function chosen(from: StoresAt, app: string | undefined): Promise<readonly string[]> {
  const all = await from.applications()
  if (all.length === 0) throw new CliError(`There is no store in ${from.name}. Name another place with --from.`)
  if (app === undefined) return all
  if (all.includes(app)) return [app]
  throw new CliError(`There is no store of '${app}' in ${from.name}, only of ${all.join(', ')}.`)
}

/** Answers whether both hold the same in the end. */
async function copyOne(application: string, source: Engine, to: StoresAt, flags: CopyFlags): Promise<boolean> {
  const { verify, withoutPolicies } = flags
  const end = await source.events.feedEnd()
  const policies = verify || withoutPolicies === true ? [] : await settledPolicies(source, withoutPolicies)
  return using((verify ? to.open : to.make)(application), async (target) => {
    if (source.storeId === target.storeId)
      throw new CliError(`${to.name} is a copy of the file itself: choose another place.`)
    const copied = verify ? undefined : await copyStore(source, target, to.name, policies)
    const comparison = await compare(source.events, target.events)
    const hasMoved = (await source.events.readFeed(end, 1)).commits.length > 0
    for (const line of linesOf(comparison, copied, hasMoved)) say(line)
    return isSame(comparison) && !hasMoved
  })
}

async function copyStore(
  source: Engine,
  target: Engine,
  name: string,
  policies: readonly GenerationRecord[],
): Promise<Copied> {
  await refuseStarted(target, policies, name)
  const heads = await partOf(source.events, target.events, name)
  const copied = await copyLog(source.events, target.events, heads)
  await copyPolicies(source, target, policies)
  return copied
}
