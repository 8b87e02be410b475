import type { AnyProjection } from '../definitions/index.ts'
import {
  type Clock,
  type Engine,
  type FeedCommit,
  type FeedPage,
  type GenerationRecord,
  partitionOf,
  type StoredDocument,
  silentLogger,
  type WaitingEvent,
} from '../ports/index.ts'
import { documentsOf } from './check-documents.ts'
import { Scratch } from './check-scratch.ts'
import { differences, type FieldDifference } from './differences.ts'
import { Discards } from './discards.ts'
import { fingerprintOf } from './fingerprint.ts'
import { ReadModel } from './read-model.ts'

/** How the documents that history gives now differ from those that are stored. */
export interface ProjectionReport {
  readonly name: string
  /**
   * `unchanged`: what is stored was folded by this definition, as far as can be told; `changed`: it will be folded anew
   * at the next start; `new`: nothing of it is stored.
   */
  readonly definition: 'unchanged' | 'changed' | 'new'
  /** How many documents history gives now. */
  readonly documents: number
  /** Documents that history gives and that are not stored, that are stored only, and that are not the same. */
  readonly missing: number
  readonly extra: number
  readonly different: number
  /** The first few of them. */
  readonly sample: readonly DocumentDifference[]
  /** Streams that would be parked, and are not. */
  readonly newlyParked: readonly ParkedStream[]
  /** Streams that are parked and would not be: their events may be what makes documents differ. */
  readonly noLongerParked: readonly string[]
}

export interface DocumentDifference {
  readonly id: string
  readonly kind: 'missing' | 'extra' | 'different'
  readonly fields: readonly FieldDifference[]
}

export interface ParkedStream {
  readonly stream: string
  readonly version: number
  readonly error: string
}

const SAMPLES = 5

type Comparison = Pick<ProjectionReport, 'documents' | 'missing' | 'extra' | 'different' | 'sample'>

/** Folds a projection anew, as far as the generation that serves has come, and compares the two. */
export class ProjectionCheck {
  readonly #projection: AnyProjection
  readonly #engine: Engine
  readonly #serving: GenerationRecord | undefined
  readonly #scratch: Scratch
  readonly #folded: ReadModel

  private constructor(
    projection: AnyProjection,
    engine: Engine,
    serving: GenerationRecord | undefined,
    scratch: Scratch,
    clock: Clock,
  ) {
    this.#projection = projection
    this.#engine = engine
    this.#serving = serving
    this.#scratch = scratch
    const services = { engine: scratch.in(engine), clock, logger: silentLogger, discards: new Discards() }
    this.#folded = new ReadModel(projection, scratch.partition, 1, services)
  }

  static async begin(projection: AnyProjection, engine: Engine, clock: Clock): Promise<ProjectionCheck> {
    const { name } = projection
    const { readModels } = engine
    const serving = (await readModels.generations(name)).find(({ state }) => state === 'serving')
    const scratch = new Scratch(name, await readModels.loadDiscarded(name))
    const check = new ProjectionCheck(projection, engine, serving, scratch, clock)
    await check.#folded.open()
    return check
  }

  async fold({ commits, cursor }: FeedPage): Promise<void> {
    const due = commits.filter((commit) => this.#isFolded(commit))
    if (due.length > 0) await this.#folded.fold(due, cursor)
  }

  /** Whether the generation that serves has been given a commit. */
  #isFolded({ stream, position }: FeedCommit): boolean {
    if (!this.#serving) return true
    const { partitions } = this.#serving
    return this.#engine.events.covers(partitions[partitionOf(stream, partitions.length)]?.cursor, position)
  }

  async report(): Promise<ProjectionReport> {
    const serving = this.#serving
    const before = parked(serving ? await this.#engine.readModels.loadWaiting(serving) : [])
    const now = parked(this.#scratch.waiting())
    return {
      name: this.#projection.name,
      definition: definitionOf(this.#projection, serving),
      ...(await this.#compare()),
      newlyParked: [...now.values()].filter(({ stream }) => !before.has(stream)),
      noLongerParked: [...before.keys()].filter((stream) => !now.has(stream)),
    }
  }

  async #compare(): Promise<Comparison> {
    const counts = { documents: 0, missing: 0, extra: 0, different: 0 }
    const sample: DocumentDifference[] = []
    const note = (id: string, kind: DocumentDifference['kind'], fields: readonly FieldDifference[] = []) => {
      counts[kind] += 1
      if (sample.length < SAMPLES) sample.push({ id, kind, fields })
    }
    const stored = new Set<string>()
    for await (const { id, body = '' } of this.#stored()) {
      stored.add(id)
      const folded = this.#scratch.body(id)
      const fields = folded === undefined || folded === body ? [] : differences(JSON.parse(body), JSON.parse(folded))
      if (folded === undefined) note(id, 'extra')
      // The text may differ in the order of fields only.
      else if (fields.length > 0) note(id, 'different', fields)
    }
    for (const { id } of this.#scratch.live()) {
      counts.documents += 1
      if (this.#serving && !stored.has(id)) note(id, 'missing')
    }
    return { ...counts, sample }
  }

  /** What the generation that serves has. */
  #stored(): AsyncIterable<StoredDocument> | Iterable<StoredDocument> {
    return this.#serving ? documentsOf(this.#engine.readModels, this.#serving) : []
  }
}

function definitionOf(
  projection: AnyProjection,
  serving: GenerationRecord | undefined,
): ProjectionReport['definition'] {
  if (!serving) return 'new'
  return serving.fingerprint === fingerprintOf(projection) ? 'unchanged' : 'changed'
}

/** Streams with an event that failed, each with the first one. */
function parked(waiting: readonly WaitingEvent[]): Map<string, ParkedStream> {
  const streams = new Map<string, ParkedStream>()
  for (const { stream, version, error } of waiting) {
    if (error === undefined || (streams.get(stream)?.version ?? version) < version) continue
    streams.set(stream, { stream, version, error })
  }
  return streams
}
