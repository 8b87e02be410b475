import { metrics } from '../../contract/index.ts'

/**
 * A line of the embedded metric format, which CloudWatch makes metrics of when it is logged.
 *
 * @param dimensions what the values are of
 * @param values counts, by the names of metrics
 * @param now in milliseconds
 */
export function metricLine(
  dimensions: Readonly<Record<string, string>>,
  values: Readonly<Record<string, number>>,
  now: number,
): string {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: 'Count' }))
  const directive = { Namespace: metrics.namespace, Dimensions: [Object.keys(dimensions)], Metrics }
  return JSON.stringify({ _aws: { Timestamp: now, CloudWatchMetrics: [directive] }, ...dimensions, ...values })
}
