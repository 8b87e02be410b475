import { type Attributes, type Counter, type Histogram, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api'
import { type Append, type AppendResult, systemStopwatch } from '../ports/index.ts'
import { parseStream } from './stream-name.ts'
import { linksTo } from './telemetry-context.ts'
import { type Ending, inSeconds, type Sdk, secondsSince, underSpan } from './telemetry-sdk.ts'

/** As many as an SDK keeps of a span if it is not told otherwise. */
const MOST_LINKS = 128

/** Spans and measurements of groups of appends. */
export class AppendTelemetry {
  readonly #app: string
  readonly #tracer: Tracer
  readonly #duration: Histogram
  readonly #events: Counter
  readonly #conflicts: Counter

  constructor(app: string, { tracer, meter }: Sdk) {
    this.#app = app
    this.#tracer = tracer
    this.#duration = meter.createHistogram('weir.append.duration', {
      description: 'Time that a group of commands took to become durable',
      ...inSeconds,
    })
    this.#events = meter.createCounter('weir.events.appended', {
      description: 'Events that became durable',
      unit: '{event}',
    })
    this.#conflicts = meter.createCounter('weir.conflicts', {
      description: 'Appends that were decided on a version that was no longer current, and are decided anew',
      unit: '{conflict}',
    })
  }

  /**
   * Appends a group under a span.
   *
   * @param causes what led to each of its commands
   */
  append(
    group: readonly Append[],
    causes: readonly (string | undefined)[],
    append: () => Promise<AppendResult[]>,
  ): Promise<AppendResult[]> {
    if (group.length === 0) return append()
    const started = systemStopwatch()
    const span = this.#tracer.startSpan('append', { root: true, links: linksTo(causes, MOST_LINKS) }, ROOT_CONTEXT)
    return underSpan(span, ROOT_CONTEXT, append, (ending) => {
      const outcome = 'error' in ending ? 'failed' : 'appended'
      this.#duration.record(secondsSince(started), { 'weir.app': this.#app, 'weir.outcome': outcome })
      this.#count(group, ending)
      if (span.isRecording()) span.setAttributes({ ...this.#size(group), 'weir.append.commands': causes.length })
    })
  }

  #size(group: readonly Append[]): Attributes {
    const written = group.flatMap(({ streams }) => streams).filter(({ count }) => count > 0)
    return {
      'weir.app': this.#app,
      'weir.append.streams': new Set(written.map(({ stream }) => stream)).size,
      'weir.append.events': written.reduce((sum, { count }) => sum + count, 0),
    }
  }

  #count(group: readonly Append[], ending: Ending<readonly AppendResult[]>): void {
    if ('error' in ending) return
    for (const [index, result] of ending.result.entries()) {
      if (result.outcome === 'conflict') this.#conflicts.add(1, this.#labels(result.stream))
      if (result.outcome !== 'appended') continue
      for (const { stream, count } of group[index]?.streams ?? []) {
        this.#events.add(count, this.#labels(stream))
      }
    }
  }

  #labels(stream: string): Attributes {
    return { 'weir.app': this.#app, 'weir.aggregate': parseStream(stream).aggregate }
  }
}
