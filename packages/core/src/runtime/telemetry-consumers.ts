import {
  type Attributes,
  type BatchObservableResult,
  type Meter,
  ROOT_CONTEXT,
  SpanKind,
  type Tracer,
} from '@opentelemetry/api'
import type { AnyProjection, RecordedEvent } from '../definitions/index.ts'
import type { Commit } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import type { Operations } from './operations.ts'
import { parseStream } from './stream-name.ts'
import { contextOf, linksTo, traceparentUnder } from './telemetry-context.ts'
import { type Sdk, underSpan } from './telemetry-sdk.ts'

/** How many commits of a batch are looked at for what led to them. */
const MOST_LINKS = 16

type ConsumerKind = 'projection' | 'policy'

/** Spans of projections and policies, and how far they are behind. */
export class ConsumerTelemetry {
  readonly #app: string
  readonly #tracer: Tracer
  readonly #meter: Meter

  constructor(app: string, { tracer, meter }: Sdk) {
    this.#app = app
    this.#tracer = tracer
    this.#meter = meter
  }

  /**
   * Folds a batch under a span, unless there is nothing in it for the projection.
   *
   * @param fold answers how many documents it changed
   */
  fold(
    projection: AnyProjection,
    generation: number,
    commits: readonly Commit[],
    fold: () => Promise<number>,
  ): Promise<number> {
    const aggregates = new Set(projection.handlers.map(({ aggregate }) => aggregate.name))
    const taken = commits.filter(({ stream }) => aggregates.has(parseStream(stream).aggregate))
    if (taken.length === 0) return fold()
    const options = { kind: SpanKind.CONSUMER, root: true, links: linksTo(causesOf(taken), MOST_LINKS) }
    const span = this.#tracer.startSpan(`projection ${projection.name}`, options, ROOT_CONTEXT)
    return underSpan(span, ROOT_CONTEXT, fold, (ending) => {
      if (!span.isRecording()) return
      span.setAttributes(this.#labels('projection', projection.name))
      span.setAttributes({ 'weir.generation': generation, 'weir.batch.events': eventsIn(taken) })
      if ('result' in ending) span.setAttribute('weir.batch.documents', ending.result)
    })
  }

  /**
   * Lets a policy react to an event under a span, which hangs under what led to the event.
   *
   * @param react is given what its commands hang under
   */
  react<Result>(
    policy: string,
    event: RecordedEvent,
    attempt: number,
    react: (traceparent: string | undefined) => Promise<Result>,
  ): Promise<Result> {
    const parent = contextOf(event.traceparent, ROOT_CONTEXT)
    const span = this.#tracer.startSpan(`policy ${policy} ${event.type}`, { kind: SpanKind.CONSUMER }, parent)
    const traceparent = traceparentUnder(span, event.traceparent)
    return underSpan(
      span,
      parent,
      () => react(traceparent),
      () => {
        if (!span.isRecording()) return
        span.setAttributes(this.#labels('policy', policy))
        span.setAttributes({ 'weir.stream': event.stream, 'weir.version': event.version, 'weir.attempt': attempt })
      },
    )
  }

  /** Tells, whenever somebody collects measurements, how consumers stand; returns what ends that. */
  observe({ projections, policies }: Pick<Operations, 'projections' | 'policies'>): () => void {
    const lag = this.#meter.createObservableGauge('weir.consumer.lag', {
      description: 'Events that a projection or policy has not seen yet, about',
      unit: '{event}',
    })
    const parked = this.#meter.createObservableGauge('weir.consumer.parked', {
      description: 'Streams that wait for repair, and timers whose command has failed for good',
      unit: '{stream}',
    })
    const collect = async (result: BatchObservableResult) => {
      const tell = (kind: ConsumerKind, status: { name: string; lag: number; parked: number }) => {
        const labels = this.#labels(kind, status.name)
        result.observe(lag, status.lag, labels)
        result.observe(parked, status.parked, labels)
      }
      for (const status of await projections()) tell('projection', status)
      for (const status of await policies()) tell('policy', status)
    }
    this.#meter.addBatchObservableCallback(collect, [lag, parked])
    return () => this.#meter.removeBatchObservableCallback(collect, [lag, parked])
  }

  #labels(kind: ConsumerKind, name: string): Attributes {
    return { 'weir.app': this.#app, 'weir.consumer.kind': kind, 'weir.consumer.name': name }
  }
}

function* causesOf(commits: readonly Commit[]): Iterable<string | undefined> {
  for (const commit of commits.slice(0, MOST_LINKS)) {
    try {
      yield* decodeCommit(commit).map(({ traceparent }) => traceparent)
    } catch {
      // That it cannot be decoded is for the projection to say.
    }
  }
}

function eventsIn(commits: readonly Commit[]): number {
  return commits.reduce((sum, { count }) => sum + count, 0)
}
