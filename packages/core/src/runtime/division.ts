import type { Attendance, Cancel, Clock, Identity, Logger, Roster } from '../ports/index.ts'
import { hashOf } from './derived-id.ts'

export interface DivisionServices {
  /** Undefined: this process does it all. */
  readonly roster: Roster | undefined
  readonly clock: Clock
  readonly identity: Identity
  readonly logger: Logger
  /** After so many milliseconds a process that says nothing any more counts as gone. */
  readonly takeOverAfter: number
  /** Whether this process takes part in the work. `on demand`: processes rest until they are called, so none is asked. */
  readonly works: boolean | 'on demand'
}

/** Why a consumer stands still that no process keeps, for operators. */
export const NOT_KEPT = 'no process that works has its definition'

/** How often a process says that it is there before it would count as gone. */
const BEATS = 5

interface Member {
  readonly id: string
  readonly works: boolean
  /** Consumers of which it has the definition. */
  readonly skills: ReadonlySet<string>
  readonly count: number
  /** The look of this process at which its count was seen to change. */
  readonly seenAt: number
}

/**
 * How the processes that share a store divide its consumers among them.
 *
 * 1. Each says again and again that it is there, and what it can do. Whose count stands still for so many looks of this
 *    process is gone: clocks are not asked, which may be set, nor is it held against others that this process was paused.
 * 2. Each finds out by itself whose a partition is, by one rule: those who can fold it stand in a row that is different for
 *    each consumer, and take its partitions in turn.
 * 3. (G4) Two may think for a moment that a partition is theirs: then leases decide.
 *
 * The row is that of rendezvous hashing (Thaler and Ravishankar, 1998), so that consumers fall to different processes.
 */
export class Division {
  readonly #services: DivisionServices
  readonly #roster: Roster | undefined
  readonly #id: string
  readonly #skills: string
  readonly #listeners = new Set<() => void>()
  /** All that are entered. */
  #entered = new Map<string, Member>()
  #present: readonly Member[] = []
  #looks = 0
  #beating: Promise<void> = Promise.resolve()
  #isStopped = false
  #hasFailed = false
  #cancelTimer: Cancel = () => {}

  /** @param skills the consumers that this process can keep */
  constructor(skills: readonly string[], services: DivisionServices) {
    this.#services = services
    this.#roster = services.works === 'on demand' ? undefined : services.roster
    this.#id = services.identity.newId()
    this.#skills = JSON.stringify({ works: services.works, skills })
  }

  /** Enters this process, or rejects; then goes on saying that it is there. */
  async join(): Promise<void> {
    if (!this.#roster) return
    const { logger, works } = this.#services
    await this.#attend(this.#roster)
    if (works) logger.info({ process: this.#id }, 'this process shares the work with others that do')
    this.#setTimer()
  }

  /** Whether several processes may share the work. */
  get isDivided(): boolean {
    return this.#roster !== undefined || this.isOnDemand
  }

  /** Whether nothing is done but when somebody calls for it, in this process or another. */
  get isOnDemand(): boolean {
    return this.#services.works === 'on demand'
  }

  /** Whether a partition of a consumer falls to this process. */
  isMine(skill: string, partition = 0): boolean {
    if (!this.#roster) return this.#services.works === true
    const able = this.#present.filter((each) => each.works && each.skills.has(skill))
    const row = able.map(({ id }) => ({ id, rank: hashOf([skill, id]) })).sort((a, b) => (a.rank < b.rank ? -1 : 1))
    return row[partition % row.length]?.id === this.#id
  }

  /** Whether any process is there that can keep a consumer. */
  isKept(skill: string): boolean {
    if (!this.#roster) return this.#services.works !== false
    return this.#present.some((each) => each.works && each.skills.has(skill))
  }

  /** Whether any process is there that has the definition of a consumer. */
  isKnown(skill: string): boolean {
    return this.#present.some(({ skills }) => skills.has(skill))
  }

  /** Calls back after every look at who is there. */
  onLook(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Leaves, so that others need not wait before they take over. */
  async stop(): Promise<void> {
    const { logger } = this.#services
    this.#isStopped = true
    this.#cancelTimer()
    await this.#beating
    await this.#roster
      ?.leave(this.#id)
      .catch((err) => logger.warn({ err }, 'this process could not take its leave of others'))
  }

  #setTimer(): void {
    const { clock, takeOverAfter } = this.#services
    this.#cancelTimer = clock.after(takeOverAfter / BEATS, () => {
      this.#beating = this.#beat()
    })
  }

  async #beat(): Promise<void> {
    const { logger } = this.#services
    try {
      if (this.#roster) await this.#attend(this.#roster)
      this.#hasFailed = false
    } catch (err) {
      if (!this.#hasFailed) logger.warn({ err }, 'this process cannot say that it is there, and tries again')
      this.#hasFailed = true
    }
    if (!this.#isStopped) this.#setTimer()
  }

  async #attend(roster: Roster): Promise<void> {
    const entered = await roster.attend(this.#id, this.#skills)
    this.#looks += 1
    this.#entered = new Map(entered.map((each) => [each.id, this.#memberOf(each)]))
    const isPresent = ({ id, seenAt }: Member) => id === this.#id || this.#looks - seenAt < BEATS
    const all = [...this.#entered.values()]
    this.#present = all.filter(isPresent)
    for (const gone of all.filter((each) => !isPresent(each))) this.#takeOut(roster, gone)
    if (this.#isStopped) return
    for (const listener of this.#listeners) listener()
  }

  #memberOf({ id, skills: text, count }: Attendance): Member {
    const known = this.#entered.get(id)
    if (known?.count === count) return known
    const { works, skills } = JSON.parse(text)
    return { id, works, skills: new Set(skills), count, seenAt: this.#looks }
  }

  /** Who is gone needs no entry; should it be there after all, it enters itself again. */
  #takeOut(roster: Roster, { id, works }: Member): void {
    // Should it come again it begins to count anew.
    this.#entered.delete(id)
    if (works) this.#services.logger.info({ process: id }, 'a process that shared the work is gone')
    roster.leave(id).catch(() => {})
  }
}
