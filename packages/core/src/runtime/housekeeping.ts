import type { Cancel, Clock, EventStore, GenerationRecord, Logger } from '../ports/index.ts'
import type { GenerationRegister } from './generation-register.ts'
import { newestPosition } from './newest-position.ts'
import type { Projector, ProjectorObserver } from './projector.ts'
import type { Serving } from './serving.ts'
import type { Turns } from './turns.ts'

export interface HousekeepingServices {
  readonly events: EventStore
  readonly clock: Clock
  readonly logger: Logger
  readonly register: GenerationRegister
  readonly serving: Serving
  /** What changes which generation is what is done one after the other. */
  readonly turns: Turns
  /** The generation that this process builds, if any. */
  readonly underWay: () => number | undefined
  readonly servingProgressed: () => void
  readonly projectorOf: (record: GenerationRecord, observer: ProjectorObserver) => Projector
}

/** How often, in milliseconds, it is looked for what is not needed any more, and for what other processes did. */
const TIDY_EVERY = 60_000

/** Drops generations when their time is over, and follows other processes to the generation that they let serve (G9). */
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
    void turns.take(() => this.tidy())
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
      await this.#look()
    } catch (err) {
      this.#couldNot(err)
    }
    if (!this.#isStopped) this.#setTimer()
  }

  /** A large one takes its time, which nobody has to wait for. */
  drop(record: GenerationRecord): void {
    void this.#services.register.drop(record).catch((error) => this.#couldNot(error))
  }

  #couldNot(err: unknown): void {
    const { logger, serving } = this.#services
    const words = 'the generations of a projection could not be looked after, which will be tried again'
    logger.error({ err, projection: serving.generation.model }, words)
  }

  #setTimer(): void {
    const { clock, register, turns } = this.#services
    const { previous } = this
    const rest = previous ? register.keptUntil(previous) - clock.now() : TIDY_EVERY
    const tidy = () => void turns.take(() => this.tidy())
    this.#cancelTimer = clock.after(Math.min(TIDY_EVERY, rest), tidy)
  }

  async #look(): Promise<void> {
    const { register, serving, underWay } = this.#services
    const all = await register.all()
    const current = all.find(({ state }) => state === 'serving')
    const isElsewhere = current && ![serving.generation.number, underWay()].includes(current.number)
    if (isElsewhere && register.isOurs(current)) await this.#follow(current)
    this.#previous = register.previous(all)
    const inUse = [serving.generation.number, underWay()]
    const leftOver = register.leftOver(all).filter(({ number }) => !inUse.includes(number))
    for (const each of leftOver) this.drop(each)
  }

  /** Reads the generation that another process lets serve, as soon as that shows all that readers have been shown here. */
  async #follow(record: GenerationRecord): Promise<void> {
    const { events, projectorOf, serving, servingProgressed } = this.#services
    const next = projectorOf(record, { progressed: servingProgressed, failed: () => {} })
    const before = serving.projector
    await next.start()
    const hasSwitched = await serving.hold(async () => {
      const isCurrent = await next.reach(await newestPosition(events))
      if (isCurrent) serving.replace(next)
      return isCurrent
    })
    await (hasSwitched ? before : next)?.stop()
  }
}
