/**
 * What functions measure, by lines of the embedded metric format (EMF) in their logs. Dimensions are `Stack` (`WEIR_PREFIX`), `App` and
 * `Consumer` together. The sweep gives each minute's values of all consumers, zero included, so that an alarm ends by itself.
 * What is wrong with a feed has no `Consumer`: publisher and reconcile tell of it each time that they meet it.
 */
export const metrics = {
  namespace: 'Weir',
  /** Count: how many streams are parked for a consumer. */
  parked: 'ParkedStreams',
  /** Count: how many events a consumer is behind the end of the feed. */
  behind: 'EventsBehind',
  /** Of an application: 1 for each time that a stream could not be placed, because a version of it is missing. */
  incomplete: 'IncompleteStreams',
} as const
