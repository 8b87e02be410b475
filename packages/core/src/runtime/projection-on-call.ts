import type { EventStore, GenerationRecord, ReadModelStore } from '../ports/index.ts'
import { BegunWork } from './begun-work.ts'
import { fromStore, isFenced } from './errors.ts'
import type { GenerationRegister } from './generation-register.ts'
import type { FoldOutcome, Prepared, RebuildOutcome } from './on-demand.ts'
import { OperationRefused } from './operations.ts'
import { partitionsAwaiting } from './partitions-awaiting.ts'
import type { Projector } from './projector.ts'
import type { TimeLimit } from './time-limit.ts'
import { unlessTaken } from './unless-taken.ts'
import { waitsBehind } from './waits-behind.ts'

export interface ProjectionOnCallServices {
  readonly events: EventStore
  readonly readModels: ReadModelStore
  readonly register: GenerationRegister
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A partition of a generation, to be folded for the time of a call. */
  readonly lend: (record: GenerationRecord, partition: number) => Projector
}

/** After so many milliseconds it is looked whether a rebuild is still wanted. */
const LOOK_EVERY = 2000

/**
 * Folds a projection when it is called to.
 *
 * 1. (G4) Calls for one partition in one process take turns with their batches; between processes leases decide.
 * 2. Which generation serves is looked up with each call. One that takes over during a call may lack the commit that the call is
 *    made for: who let it serve folds it once more (`foldAll`), and all that is recorded later has calls of its own.
 * 3. What a partition has made, another may be waiting for: in the generation that serves, that goes on in the same call.
 */
export class ProjectionOnCall {
  readonly #services: ProjectionOnCallServices
  /** As the last calls left them, by generation: where nobody was at it since, what they knew is still true. */
  readonly #lent = new Map<number, Map<number, Projector>>()

  constructor(services: ProjectionOnCallServices) {
    this.#services = services
  }

  /** @param most how often something may be begun and not end before it is parked, if one thing at a time is to be folded */
  fold(partition: number, limit: TimeLimit, most?: number): Promise<FoldOutcome> {
    return fromStore(unlessTaken(() => this.#fold(partition, limit, most)))
  }

  /** Folds all partitions of the generation that serves. Answers whether that is done: not when time is up. */
  async foldAll(limit: TimeLimit): Promise<boolean> {
    const [{ partitions }] = await fromStore(this.#services.register.withOneServing())
    for (const partition of partitions.keys()) if ((await this.fold(partition, limit)) === 'more') return false
    return true
  }

  /** Partitions of the generation that serves for which there is something to do. */
  async due(): Promise<number[]> {
    const { readModels, register } = this.#services
    const [record] = await fromStore(register.withOneServing())
    if (!register.isOurs(record)) return []
    const awaiting = record.partitions.length > 1 ? await fromStore(partitionsAwaiting(record, readModels)) : []
    const partitions = [...record.partitions.keys()]
    const isDue = async (partition: number) => awaiting.includes(partition) || this.#isBehind(record, partition)
    const due = await fromStore(Promise.all(partitions.map(isDue)))
    return partitions.filter((partition) => due[partition])
  }

  /** Whether another definition made the generation that serves. */
  async isFrozen(): Promise<boolean> {
    const [record] = await fromStore(this.#services.register.withOneServing())
    return !this.#services.register.isOurs(record)
  }

  async prepare(): Promise<Prepared> {
    const { register } = this.#services
    const [, all] = await fromStore(register.withOneServing())
    const wanted = await fromStore(register.wanted(all))
    if (!wanted) return { outcome: 'nothing' }
    if (wanted.state === 'stopped') return { outcome: 'stopped' }
    return { outcome: 'prepared', generation: wanted.number, partitions: [...wanted.partitions.keys()] }
  }

  async foldRebuild(partition: number, limit: TimeLimit): Promise<RebuildOutcome> {
    for (;;) {
      const outcome = await fromStore(this.#unlessDropped(unlessTaken(() => this.#foldRebuild(partition, limit))))
      if (outcome === 'taken') return 'more'
      if (outcome !== 'more' || limit.isOver) return outcome
    }
  }

  async #fold(partition: number, limit: TimeLimit, most?: number): Promise<FoldOutcome> {
    const { register } = this.#services
    const [record, all] = await register.withOneServing()
    this.#forgetOthers(all)
    if (!register.isOurs(record)) return 'frozen'
    if (most !== undefined) return this.#drainCarefully(record, partition, limit, most)
    const { outcome, hasChanged } = await this.#drain(record, partition, () => limit.isOver)
    return hasChanged && !(await this.#goOnElsewhere(record, limit)) ? 'more' : outcome
  }

  async #foldRebuild(partition: number, limit: TimeLimit): Promise<RebuildOutcome> {
    const { now, register } = this.#services
    const record = register.underConstruction(await register.all())
    if (record?.state !== 'building') return 'stopped'
    const lookAt = now() + LOOK_EVERY
    return (await this.#drain(record, partition, () => limit.isOver || now() >= lookAt)).outcome
  }

  /** Operators may drop what is being folded. */
  async #unlessDropped<T>(folded: Promise<T>): Promise<T | 'stopped'> {
    try {
      return await folded
    } catch (error) {
      const { register } = this.#services
      if (register.underConstruction(await register.all())?.state === 'building') throw error
      return 'stopped'
    }
  }

  #isBehind({ partitions }: GenerationRecord, partition: number): Promise<boolean> {
    const part = partitions.length > 1 ? { partition, of: partitions.length } : undefined
    return waitsBehind(this.#services.events, partitions[partition]?.cursor, part)
  }

  /** Who has another partition meanwhile finds by itself what is there. Answers false when time is up before it is done. */
  async #goOnElsewhere(record: GenerationRecord, limit: TimeLimit): Promise<boolean> {
    for (let again = record.partitions.length > 1; again; ) {
      if (limit.isOver) return false
      again = false
      for (const partition of await partitionsAwaiting(record, this.#services.readModels)) {
        again = (await this.#release(record, partition)) || again
      }
    }
    return true
  }

  async #release(record: GenerationRecord, partition: number): Promise<boolean> {
    try {
      return await this.#takenUp(record, partition).release()
    } catch (error) {
      if (isFenced(error)) return false
      throw error
    }
  }

  /** What other partitions wait for is theirs to take up: it may be what kills. */
  async #drainCarefully(record: GenerationRecord, partition: number, limit: TimeLimit, most: number) {
    const about = { partition: { ...record, partition }, of: record.partitions.length, most }
    const begun = await BegunWork.open(about, this.#services)
    const { outcome } = await this.#drain(record, partition, () => limit.isOver, begun).finally(() => begun.end())
    return outcome
  }

  async #drain(record: GenerationRecord, partition: number, isOver: () => boolean, begun?: BegunWork) {
    const projector = this.#takenUp(record, partition)
    let hasChanged = false
    const unwatch = projector.watch((ids) => {
      hasChanged ||= ids === undefined || ids.size > 0
    })
    try {
      return { outcome: await projector.drain(isOver, begun), hasChanged }
    } finally {
      unwatch()
    }
  }

  #takenUp(record: GenerationRecord, partition: number): Projector {
    const stored = record.partitions[partition]
    if (!stored) throw noSuchPartition(record, partition)
    const lent = this.#lent.get(record.number) ?? new Map<number, Projector>()
    const projector = lent.get(partition) ?? this.#services.lend(record, partition)
    this.#lent.set(record.number, lent.set(partition, projector))
    projector.takeUp(stored)
    return projector
  }

  #forgetOthers(all: readonly GenerationRecord[]): void {
    for (const lent of this.#lent.keys()) if (all.every(({ number }) => number !== lent)) this.#lent.delete(lent)
  }
}

function noSuchPartition({ model, partitions }: GenerationRecord, partition: number): OperationRefused {
  const words = `The projection '${model}' has no partition ${partition}: they are counted from 0 to ${partitions.length - 1}.`
  return new OperationRefused('not-found', words)
}
