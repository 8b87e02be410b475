import type { Commits } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import { endRestore, type Identity, isInRestore } from './epoch.ts'
import { type Heads, noHead } from './heads.ts'
import { Lru } from './lru.ts'
import type { Records } from './records.ts'

/** How many streams are looked at side by side. */
const streamsAtOnce = 100

/** Of how many streams it is remembered that nothing of theirs is missing. */
const rememberedStreams = 100_000

/** How long it is not asked whether others have ended it, in milliseconds. */
const trust = 60_000

interface LostRecordsServices {
  readonly dynamo: Dynamo
  readonly commits: Commits
  readonly records: Records
  readonly heads: Heads
}

/**
 * Puts back the records of commands that an index lacks which was restored to an earlier time than its events.
 *
 * 1. (G6) A record is kept with the events that its append wrote, too: whatever has an effect is never forgotten.
 * 2. A record is written with its commit, and the commit is placed later. So it can be missing only of what lies behind the
 *    head of its stream; and while some may, no commit is placed before its records are there.
 * 3. It is over when the whole table has been read since the restore. Others find that out a minute later; until then they
 *    look where nothing is missing any more.
 */
export class LostRecords {
  readonly #services: LostRecordsServices
  readonly #epoch: string
  readonly #whole = new Lru<string, true>(rememberedStreams)
  #isOver = false
  #askedAt = Number.NEGATIVE_INFINITY

  /** Undefined when none can be missing. */
  static after({ isRestored, epoch }: Identity, services: LostRecordsServices): LostRecords | undefined {
    return isRestored ? new LostRecords(epoch, services) : undefined
  }

  private constructor(epoch: string, services: LostRecordsServices) {
    this.#epoch = epoch
    this.#services = services
  }

  /** Puts back what is missing of streams. What is appended to them later brings its records along. */
  async restore(streams: readonly string[]): Promise<void> {
    if (this.#isOver) return
    const unsure = [...new Set(streams)].filter((stream) => !this.#whole.get(stream))
    if (unsure.length === 0 || (await this.#hasEnded())) return
    for (let from = 0; from < unsure.length; from += streamsAtOnce) {
      const some = unsure.slice(from, from + streamsAtOnce)
      const heads = await this.#services.heads.get(some)
      await Promise.all(some.map((stream) => this.#restoreBehind(stream, heads.get(stream) ?? noHead)))
    }
  }

  /** The whole table has been read since the restore, and what it holds was placed or restored. */
  async end(): Promise<void> {
    if (this.#isOver) return
    await endRestore(this.#services.dynamo, this.#epoch)
    this.#isOver = true
  }

  async #hasEnded(): Promise<boolean> {
    if (performance.now() - this.#askedAt < trust) return false
    this.#isOver ||= !(await isInRestore(this.#services.dynamo, this.#epoch))
    this.#askedAt = performance.now()
    return this.#isOver
  }

  async #restoreBehind(stream: string, { version }: { readonly version: number }): Promise<void> {
    const { commits, records } = this.#services
    await records.putBack(await commits.commandsFrom(stream, version + 1))
    this.#whole.set(stream, true)
  }
}
