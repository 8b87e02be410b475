import type { AnyProjection } from '../definitions/index.ts'
import type { Engine, GenerationRecord } from '../ports/index.ts'
import type { Discards } from './discards.ts'
import { type Pace, paceOnCall, servingPace } from './pace.ts'
import { type ProjectedPage, Projector, type ProjectorObserver, type ProjectorServices } from './projector.ts'
import { ReadModel } from './read-model.ts'

export interface HeldPartitionsServices extends ProjectorServices {
  readonly engine: Engine
  readonly projection: AnyProjection
  readonly discards: Discards
  /** Whether it is up to this process to fold a partition. */
  readonly isMine: (partition: number) => boolean
}

/** The partitions of a generation that this process folds, each by a projector. */
export class HeldPartitions {
  readonly #record: GenerationRecord
  readonly #services: HeldPartitionsServices
  readonly #observer: ProjectorObserver
  readonly #projectors = new Map<number, Projector>()
  readonly #leaving = new Set<Promise<void>>()
  #newPace: () => Pace
  #savesPlace = false

  constructor(record: GenerationRecord, services: HeldPartitionsServices, observer: ProjectorObserver) {
    this.#record = record
    this.#services = services
    this.#observer = observer
    this.#newPace = () => servingPace(services.clock)
  }

  get all(): Projector[] {
    return [...this.#projectors.values()]
  }

  find(partition: number): Projector | undefined {
    return this.#projectors.get(partition)
  }

  /** Whether all partitions are here. */
  get isWhole(): boolean {
    return this.#projectors.size === this.#record.partitions.length
  }

  /** Takes those that are up to this process, and leaves the others. Returns what is folded here from now on. */
  assign(): Projector[] {
    const begun: Projector[] = []
    for (const partition of this.#record.partitions.keys()) {
      const isMine = this.#services.isMine(partition)
      const projector = this.#projectors.get(partition)
      if (isMine && !projector) begun.push(this.#fold(partition))
      else if (projector && !isMine) this.#leave(partition, projector)
    }
    return begun
  }

  /** How fast they are folded: `newPace` is called for each. */
  setPace(newPace: () => Pace): void {
    this.#newPace = newPace
    for (const projector of this.all) projector.pace = newPace()
  }

  /** Whether it is stored how far each has come, whatever that holds. */
  set savesPlace(savesPlace: boolean) {
    this.#savesPlace = savesPlace
    for (const projector of this.all) projector.savesPlace = savesPlace
  }

  /** Applies what has waited for documents that are there by now: that may make others that something waits for. */
  async release(): Promise<void> {
    for (let again = true; again; ) {
      again = false
      for (const projector of this.all) again = (await released(projector)) || again
    }
  }

  /** All stand still while work is done. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    const nested = this.all.reduce((inner, each) => () => each.hold(inner), work)
    return nested()
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((each) => each.stop()))
    await this.left()
  }

  /** Resolves when those that were left are at their end. */
  async left(): Promise<void> {
    await Promise.all(this.#leaving)
  }

  /** A partition as it is stored, to be opened. */
  readModelOf(partition: number): ReadModel {
    const { model, number, partitions } = this.#record
    return new ReadModel(this.#services.projection, { model, number, partition }, partitions.length, this.#services)
  }

  /** A partition that is folded for the time of a call only. Its place is saved: the next call may come to another process. */
  lend(partition: number): Projector {
    const projector = this.#projectorOf(partition, this.#observer)
    projector.pace = paceOnCall(this.#services.clock)
    projector.savesPlace = true
    return projector
  }

  #projectorOf(partition: number, observer: ProjectorObserver): Projector {
    const { projection } = this.#services
    return new Projector(projection, this.readModelOf(partition), this.#newPace(), this.#services, observer)
  }

  #fold(partition: number): Projector {
    const observer = {
      failed: this.#observer.failed,
      progressed: (page: ProjectedPage) => {
        if (page.commits.length > 0) this.#wakeOthers(projector)
        this.#observer.progressed(page)
      },
    }
    const projector = this.#projectorOf(partition, observer)
    projector.savesPlace = this.#savesPlace
    this.#projectors.set(partition, projector)
    return projector
  }

  /** What one partition has made, another may be waiting for. */
  #wakeOthers(projector: Projector): void {
    for (const other of this.all) if (other !== projector && other.isAwaiting) other.wake()
  }

  #leave(partition: number, projector: Projector): void {
    this.#projectors.delete(partition)
    const left = projector.stop().finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }
}

async function released(projector: Projector): Promise<boolean> {
  try {
    return await projector.release()
  } catch (error) {
    // It has fallen to another process meanwhile.
    if (projector.isStopped) return false
    throw error
  }
}
