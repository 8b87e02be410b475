import type { AnyProjection, RecordedEvent } from '../definitions/index.ts'
import type { ReadModelStore } from '../ports/index.ts'
import { fromStore } from './errors.ts'
import type { Materialisation } from './materialisation.ts'
import {
  type DeadLetter,
  type DiscardedLetter,
  type DiscardOrder,
  type LetterAddress,
  OperationRefused,
} from './operations.ts'
import type { Consumer } from './operations-of.ts'
import { readEvent } from './read-event.ts'
import type { ReadModel } from './read-model.ts'
import { iso } from './rebuild.ts'
import { parseStream } from './stream-name.ts'
import type { FailedEvent } from './waiting.ts'

export interface LetterServices {
  readonly readModels: ReadModelStore
  /** The generation that serves, and the one under construction, as far as this process has their definition. */
  readonly materialisations: () => readonly Materialisation[]
  /** Looks what other processes have done, where nobody tells. */
  readonly refresh: () => Promise<void>
}

/**
 * The dead letters of a projection (G10): of the generation that serves and of the one under construction. What is parked
 * in both is one letter, and what is done about it is done in both.
 */
export class ProjectionLetters implements Consumer {
  readonly name: string
  readonly #projection: AnyProjection
  readonly #services: LetterServices

  constructor(projection: AnyProjection, services: LetterServices) {
    this.name = projection.name
    this.#projection = projection
    this.#services = services
  }

  async deadLetters(): Promise<DeadLetter[]> {
    const first = new Map<string, FailedEvent>()
    for (const failed of (await this.#looked()).flatMap((each) => each.failed())) {
      const known = first.get(addressOf(failed))
      if (!known || failed.version < known.version) first.set(addressOf(failed), failed)
    }
    return [...first.values()].sort(byPlace).map((each) => this.#letterOf(each))
  }

  read(recorded: RecordedEvent): RecordedEvent | undefined {
    const { aggregate: name } = parseStream(recorded.stream)
    const source = this.#projection.handlers.find(({ aggregate }) => aggregate.name === name)
    return source && readEvent(source.aggregate, recorded)
  }

  async retry(address: LetterAddress): Promise<'applied' | 'parked'> {
    const outcomes = await this.#inEach(address, (readModel, failed) => readModel.retry(failed))
    return outcomes.includes('parked') ? 'parked' : 'applied'
  }

  /** Of generations that failed at different events of the stream, the one that failed first is meant. */
  async discard(address: LetterAddress, order: DiscardOrder): Promise<void> {
    const isMeant = this.#isAt(address)
    const versions = (await this.#looked()).flatMap((each) => each.failed().filter(isMeant))
    const first = Math.min(...versions.map(({ version }) => version))
    await this.#inEach(address, async (readModel, failed) => {
      if (failed.version === first) await readModel.discard(failed, order)
    })
    await this.#leaveOut(address.stream, first)
  }

  /** What was given up may have failed for one document in one generation, and altogether in another. */
  async #leaveOut(stream: string, version: number): Promise<void> {
    const isSame = (failed: FailedEvent) => failed.stream === stream && failed.version === version
    for (const each of this.#services.materialisations()) {
      if (!each.failed().some(isSame)) continue
      await each.between(each.partitionOf(stream), async (readModel) => {
        for (const failed of readModel.failed().filter(isSame)) await readModel.retry(failed)
      })
    }
  }

  async discarded(): Promise<DiscardedLetter[]> {
    const all = await fromStore(this.#services.readModels.loadDiscarded(this.name))
    return all.map(({ since, at, ...letter }) => ({
      consumer: this.name,
      kind: 'projection' as const,
      ...letter,
      since: iso(since),
      at: iso(at),
    }))
  }

  /** Does something about a dead letter in every generation that has it, between two batches of that. */
  async #inEach<T>(
    address: LetterAddress,
    work: (readModel: ReadModel, failed: FailedEvent) => Promise<T>,
  ): Promise<T[]> {
    const outcomes: T[] = []
    for (const each of await this.#looked()) {
      const partition = each.partitionOf(address.stream)
      // From another process a partition is only taken for a reason.
      if (!each.folds(partition) && !each.failed().some(this.#isAt(address))) continue
      await each.between(partition, async (readModel) => {
        const failed = readModel.failed().find(this.#isAt(address))
        if (failed) outcomes.push(await work(readModel, failed))
      })
    }
    if (outcomes.length === 0) throw noDeadLetter(this.name, address)
    return outcomes
  }

  /** The generations as they stand now, also where other processes fold them. */
  async #looked(): Promise<readonly Materialisation[]> {
    await this.#services.refresh()
    const all = this.#services.materialisations()
    await fromStore(Promise.all(all.map((each) => each.look())))
    return all
  }

  #isAt(address: LetterAddress): (failed: FailedEvent) => boolean {
    return (failed) => address.timer === undefined && addressOf(failed) === addressOf(address)
  }

  #letterOf({ since, ...failed }: FailedEvent): DeadLetter {
    return { consumer: this.name, kind: 'projection', ...failed, timer: undefined, since: iso(since) }
  }
}

function addressOf({ stream, document }: Pick<LetterAddress, 'stream' | 'document'>): string {
  return JSON.stringify([stream, document])
}

function byPlace(a: FailedEvent, b: FailedEvent): number {
  return a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.version - b.version
}

function noDeadLetter(consumer: string, { stream, document }: LetterAddress): OperationRefused {
  const what = document === undefined ? `of the stream '${stream}'` : `of the stream '${stream}' for '${document}'`
  const words = `'${consumer}' has no dead letter ${what}: list its dead letters to see which there are.`
  return new OperationRefused('no-dead-letter', words)
}
