import { metrics } from '../../contract/index.ts'

/** How a consumer stands. */
export interface Standing {
  readonly app: string
  readonly consumer: string
  /** Streams. */
  readonly parked: number
  /** Events. */
  readonly behind: number
}

/** A line of the embedded metric format, which CloudWatch makes metrics of when it is logged; `now` is in milliseconds. */
export function metricLine(stack: string, { app, consumer, parked, behind }: Standing, now: number): string {
  const { namespace, dimensions } = metrics
  const Metrics = [metrics.parked, metrics.behind].map((Name) => ({ Name, Unit: 'Count' }))
  return JSON.stringify({
    _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [dimensions], Metrics }] },
    Stack: stack,
    App: app,
    Consumer: consumer,
    [metrics.parked]: parked,
    [metrics.behind]: behind,
  })
}
