/**
 * What functions measure, by lines of the embedded metric format (EMF) in their logs. Dimensions are `Stack` (`WEIR_PREFIX`), `App` and
 * `Consumer` together. The sweep gives each minute's values of all consumers, zero included, so that an alarm ends by itself.
 */
export const metrics = {
  namespace: 'Weir',
  dimensions: ['Stack', 'App', 'Consumer'],
  /** Count: how many streams are parked for a consumer. */
  parked: 'ParkedStreams',
  /** Count: how many events a consumer is behind the end of the feed. */
  behind: 'EventsBehind',
} as const
