import type { AnyProjection } from '../definitions/index.ts'
import type { Clock, Engine, GenerationRecord, ReadModelStore } from '../ports/index.ts'
import { fingerprintOf } from './fingerprint.ts'

/** What the store knows of the generations of one projection, and which of them this process has a use for. */
export class GenerationRegister {
  readonly #projection: AnyProjection
  readonly #readModels: ReadModelStore
  readonly #partitions: number
  readonly #clock: Clock
  readonly #keepPrevious: number
  readonly #fingerprint: string

  /** @param keepPrevious for how many milliseconds a generation that was retired is kept */
  constructor(
    projection: AnyProjection,
    { readModels, partitions }: Pick<Engine, 'readModels' | 'partitions'>,
    clock: Clock,
    keepPrevious: number,
  ) {
    this.#projection = projection
    this.#readModels = readModels
    this.#partitions = partitions
    this.#clock = clock
    this.#keepPrevious = keepPrevious
    this.#fingerprint = fingerprintOf(projection)
  }

  all(): Promise<GenerationRecord[]> {
    return this.#readModels.generations(this.#projection.name)
  }

  /** Whether it was made by the definition of this process, which can then fold it. */
  isOurs({ fingerprint }: GenerationRecord): boolean {
    return fingerprint === this.#fingerprint
  }

  /** All generations, of which one serves: the first is made when there is none. */
  async withOneServing(): Promise<readonly [serving: GenerationRecord, all: readonly GenerationRecord[]]> {
    let all = await this.all()
    if (all.length === 0) {
      await this.#create()
      all = await this.all()
    }
    const serving = all.find(({ state }) => state === 'serving')
    if (!serving)
      throw new Error(`No generation of the read model '${this.#projection.name}' serves: restore its store`)
    return [serving, all]
  }

  /** The one that is under construction with this definition. */
  underConstruction(all: readonly GenerationRecord[]): GenerationRecord | undefined {
    return all.find((each) => this.isOurs(each) && (each.state === 'building' || each.state === 'stopped'))
  }

  /** The generation that served before, if it is still kept. */
  previous(all: readonly GenerationRecord[]): GenerationRecord | undefined {
    const [newest] = retired(all)
    return newest && this.keptUntil(newest) > this.#clock.now() ? newest : undefined
  }

  /**
   * What is under construction with this definition, or has to be since another definition made what serves: that is begun
   * then.
   */
  async wanted(all: readonly GenerationRecord[]): Promise<GenerationRecord | undefined> {
    const unfinished = this.underConstruction(all)
    if (unfinished || all.some((each) => each.state === 'serving' && this.isOurs(each))) return unfinished
    const former = retired(all).find((each) => this.isOurs(each))
    return former ? this.mark(former, 'building') : this.build()
  }

  keptUntil(record: GenerationRecord): number {
    return retiredAt(record) + this.#keepPrevious
  }

  /**
   * What nobody has a use for: retired ones but the previous, and what another definition had under construction when the
   * one that serves was begun.
   */
  leftOver(all: readonly GenerationRecord[]): GenerationRecord[] {
    const serving = all.find(({ state }) => state === 'serving')
    const previous = this.previous(all)
    const isOvertaken = (each: GenerationRecord) => !this.isOurs(each) && each.number < (serving?.number ?? 0)
    return all.filter((each) => {
      if (each.state === 'serving' || each === previous) return false
      return each.state === 'retired' || isOvertaken(each)
    })
  }

  /** Begins a generation with this definition, or goes on with the one that is under construction. */
  async build(): Promise<GenerationRecord> {
    const { number } = await this.#create()
    const record = (await this.all()).find((each) => each.number === number)
    if (!record) throw new Error(`Generation ${number} of '${this.#projection.name}' was dropped by another process`)
    return record.state === 'stopped' ? this.mark(record, 'building') : record
  }

  async mark(record: GenerationRecord, state: 'building' | 'stopped' | 'retired'): Promise<GenerationRecord> {
    const since = this.#clock.now()
    await this.#readModels.mark(record, state, since)
    return { ...record, state, since }
  }

  accept(record: GenerationRecord, streams: readonly string[]): Promise<void> {
    return this.#readModels.accept(record, streams)
  }

  drop(record: GenerationRecord): Promise<void> {
    return this.#readModels.drop(record)
  }

  #create() {
    const { name, indexes } = this.#projection
    const model = { name, fingerprint: this.#fingerprint, indexes, partitions: this.#partitions }
    return this.#readModels.create(model, this.#clock.now())
  }
}

/** Those that served, the one that did last first. */
function retired(all: readonly GenerationRecord[]): GenerationRecord[] {
  const ended = all.filter(({ state }) => state === 'retired')
  return ended.sort((a, b) => retiredAt(b) - retiredAt(a) || b.number - a.number)
}

/** When another took its place. That it was gone back to for a while, and given up again, makes it no younger. */
export function retiredAt({ servedUntil, since }: GenerationRecord): number {
  return servedUntil ?? since
}
