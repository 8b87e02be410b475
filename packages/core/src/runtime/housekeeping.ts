import type { Cancel, Clock, GenerationRecord, Logger } from '../ports/index.ts'
import type { GenerationRegister } from './generation-register.ts'
import type { Serving } from './serving.ts'
import type { Turns } from './turns.ts'

export interface HousekeepingServices {
  readonly clock: Clock
  readonly logger: Logger
  readonly register: GenerationRegister
  readonly serving: Serving
  /** What changes which generation is what is done one after the other. */
  readonly turns: Turns
  /** The generation that this process builds, if any. */
  readonly underWay: () => number | undefined
  /** Whether it is up to this process to drop what is left over. */
  readonly isLeader: () => boolean
  /** Whether processes are there that have the definition which made a generation. */
  readonly isKnown: (record: GenerationRecord) => boolean
  /** Whether nothing is done here but when it is called for. */
  readonly rests: boolean
  /** Does what other processes have done. */
  readonly keepUp: (all: readonly GenerationRecord[]) => Promise<void>
}

/** How often, in milliseconds, it is looked for what is not needed any more, and for what other processes did. */
const TIDY_EVERY = 60_000

/** Drops generations when their time is over, and looks what other processes have done (G9). */
export class Housekeeping {
  readonly #services: HousekeepingServices
  #previous: GenerationRecord | undefined
  #isStopped = false
  #cancelTimer: Cancel = () => {}

  constructor(services: HousekeepingServices) {
    this.#services = services
  }

  /** The generation that served before, while it is kept. */
  get previous(): GenerationRecord | undefined {
    const { clock, register } = this.#services
    return this.#previous && register.keptUntil(this.#previous) > clock.now() ? this.#previous : undefined
  }

  /** Begins with what the store has; nobody has to wait for what is dropped. */
  start(all: readonly GenerationRecord[]): void {
    const { register, turns } = this.#services
    this.#previous = register.previous(all)
    if (!this.#services.rests) void turns.take(() => this.tidy())
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelTimer()
  }

  /** Looks now, and again in a while. To be called in a turn of one's own; never rejects. */
  async tidy(): Promise<void> {
    this.#cancelTimer()
    if (this.#isStopped) return
    try {
      const leftOver = await this.look()
      if (this.#services.isLeader()) for (const each of leftOver) await this.drop(each)
    } catch (err) {
      this.#couldNot(err)
    }
    if (!this.#isStopped && !this.#services.rests) this.#setTimer()
  }

  /** The same for who is called to, and has to know when it cannot be done. */
  async sweep(): Promise<void> {
    for (const each of await this.look()) await this.#services.register.drop(each)
  }

  /** A large one takes its time, which nobody has to wait for, unless nothing would go on behind their backs. */
  async drop(record: GenerationRecord): Promise<void> {
    const { register, rests } = this.#services
    const dropped = register.drop(record).catch((error) => this.#couldNot(error))
    if (rests) await dropped
  }

  /** Does what other processes have done, and tells which generations nobody needs any more. */
  async look(): Promise<GenerationRecord[]> {
    const { keepUp, register, serving, underWay } = this.#services
    const all = await register.all()
    await keepUp(all)
    this.#previous = register.previous(all)
    const inUse = [serving.current.number, underWay()]
    const isInUse = (record: GenerationRecord) => inUse.includes(record.number) || this.#isReadElsewhere(record, all)
    return register.leftOver(all).filter((each) => !isInUse(each))
  }

  #couldNot(err: unknown): void {
    const { logger, serving } = this.#services
    const words = 'the generations of a projection could not be looked after, which will be tried again'
    logger.error({ err, projection: serving.current.record.model }, words)
  }

  #setTimer(): void {
    const { clock, register, turns } = this.#services
    const { previous } = this
    const rest = previous ? register.keptUntil(previous) - clock.now() : TIDY_EVERY
    const tidy = () => void turns.take(() => this.tidy())
    this.#cancelTimer = clock.after(Math.min(TIDY_EVERY, rest), tidy)
  }

  /** Processes of another version, for as long as they are there, read the newest that their definition has made. */
  #isReadElsewhere(record: GenerationRecord, all: readonly GenerationRecord[]): boolean {
    const alike = all.filter(({ fingerprint }) => fingerprint === record.fingerprint)
    if (alike.some(({ state, number }) => state === 'serving' || number > record.number)) return false
    return this.#services.isKnown(record)
  }
}
