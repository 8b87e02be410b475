import type { EventStore } from 'weir/ports'
import { slotOf } from 'weir/ports'
import { Sum, textOf, textOfCommand } from './digest.ts'
import { commandsOf, pagesOf } from './log.ts'
import { Meter } from './meter.ts'

/** Streams are compared by their slot, of so many. */
const SLOTS = 4096
/** Of so many slots it is found out which streams differ. */
const MOST_SLOTS = 64

/** Not every engine lists commands with longer ids. */
const LONGEST_ID = 400

/** What a store holds. */
interface Content {
  readonly events: number
  readonly commits: number
  readonly commands: number
  readonly slots: readonly Sum[]
  readonly ofCommands: Sum
}

/** How two stores compare. */
export interface Comparison {
  readonly source: Content
  readonly target: Content
  /** Of all that the source holds. */
  readonly digest: string
  /** Streams that are not the same, or only in one of them: some of them, when there are many. */
  readonly differing: readonly string[]
  readonly areCommandsSame: boolean
}

/** Reads two stores, and compares every byte that they hold by a hash. */
export async function compare(source: EventStore, target: EventStore): Promise<Comparison> {
  const totals = await Promise.all([source, target].map((events) => events.progress(undefined)))
  const meter = new Meter(
    'Reading both, to compare them',
    totals.reduce((sum, { total }) => sum + total, 0),
  )
  const [ours, theirs] = [await contentOf(source, meter), await contentOf(target, meter)]
  meter.end()
  const slots = ours.slots.flatMap((sum, slot) => (sum.equals(theirs.slots[slot] as Sum) ? [] : [slot]))
  const whole = new Sum()
  whole.add([...ours.slots, ours.ofCommands].join())
  return {
    source: ours,
    target: theirs,
    digest: whole.toString(),
    differing: slots.length === 0 ? [] : await differing(source, target, new Set(slots.slice(0, MOST_SLOTS))),
    areCommandsSame: ours.commands === theirs.commands && ours.ofCommands.equals(theirs.ofCommands),
  }
}

async function contentOf(events: EventStore, meter: Meter): Promise<Content> {
  const slots = Array.from({ length: SLOTS }, () => new Sum())
  const count = { events: 0, commits: 0, commands: 0 }
  for await (const { commits } of pagesOf(events)) {
    for (const commit of commits) {
      slots[slotOf(commit.stream) % SLOTS]?.add(textOf(commit))
      count.events += commit.count
    }
    count.commits += commits.length
    meter.pass(commits)
  }
  const ofCommands = new Sum()
  for await (const records of commandsOf(events)) {
    const listed = records.filter(({ commandId }) => commandId.length <= LONGEST_ID)
    for (const record of listed) ofCommands.add(textOfCommand(record))
    count.commands += listed.length
  }
  return { ...count, slots, ofCommands }
}

async function differing(source: EventStore, target: EventStore, slots: ReadonlySet<number>): Promise<string[]> {
  const [ours, theirs] = [await streamsIn(source, slots), await streamsIn(target, slots)]
  const names = new Set([...ours.keys(), ...theirs.keys()])
  return [...names].filter((name) => String(ours.get(name)) !== String(theirs.get(name))).sort()
}

async function streamsIn(events: EventStore, slots: ReadonlySet<number>): Promise<Map<string, Sum>> {
  const streams = new Map<string, Sum>()
  for await (const { commits } of pagesOf(events)) {
    for (const commit of commits) {
      if (!slots.has(slotOf(commit.stream) % SLOTS)) continue
      const sum = streams.get(commit.stream) ?? new Sum()
      sum.add(textOf(commit))
      streams.set(commit.stream, sum)
    }
  }
  return streams
}
