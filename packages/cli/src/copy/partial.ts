import type { EventStore } from 'weir/ports'
import { CliError } from '../errors.ts'
import { visible } from '../output/visible.ts'
import { Sum, textOf } from './digest.ts'
import { pagesOf } from './log.ts'
import { Meter } from './meter.ts'

/** How far a stream has come, and what is in it. */
interface Head {
  version: number
  readonly sum: Sum
}

/** The versions up to which streams have been copied already. */
export type Heads = ReadonlyMap<string, { readonly version: number }>

/**
 * What an earlier copy of a source has left in a target; nothing where there is nothing.
 *
 * @throws CliError when there is something that is not in the source, or differs
 */
export async function partOf(source: EventStore, target: EventStore, name: string): Promise<Heads> {
  const heads = await headsOf(target)
  if (heads.size === 0) return heads
  const found = new Map<string, Sum>()
  const meter = new Meter('Comparing what an earlier copy has left', (await source.progress(undefined)).total)
  for await (const { commits } of pagesOf(source)) {
    for (const commit of commits) {
      const head = heads.get(commit.stream)
      if (!head || commit.version > head.version) continue
      const sum = found.get(commit.stream) ?? new Sum()
      sum.add(textOf(commit))
      found.set(commit.stream, sum)
    }
    meter.pass(commits)
  }
  meter.end()
  for (const [stream, { sum }] of heads) {
    if (!found.get(stream)?.equals(sum)) throw notOfSource(name, stream)
  }
  return heads
}

async function headsOf(events: EventStore): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>()
  for await (const { commits } of pagesOf(events)) {
    for (const commit of commits) {
      const head = heads.get(commit.stream) ?? { version: 0, sum: new Sum() }
      head.version = commit.version + commit.count - 1
      head.sum.add(textOf(commit))
      heads.set(commit.stream, head)
    }
  }
  return heads
}

function notOfSource(name: string, stream: string): CliError {
  return new CliError(
    `${name} holds something else: the stream ${visible(stream)} is not as in the source. ` +
      'Copy into an empty store, or into what an earlier copy of the same source has left.',
  )
}
