import { waitSeconds } from '../../contract/index.ts'

const both = { 'app.$': '$.app', 'projection.$': '$.projection' }

/** A function that fails is called again for some minutes: a database that wakes up, one that fails over. */
const again = [
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 8,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
]

/**
 * The state machine that rebuilds a projection (G9), in the Amazon States Language: prepare, fold all partitions side by side, switch;
 * fold again while something is missing or an operator has to accept what was parked, for a day at most.
 *
 * @param lambda ARN of the function `rebuild`
 */
export function rebuildDefinition(lambda: string): object {
  const task = (own: object) => ({ Type: 'Task', Resource: lambda, Retry: again, TimeoutSeconds: 900, ...own })
  const when = (path: string, outcome: string, next: string) => ({ Variable: path, StringEquals: outcome, Next: next })
  const wait = (seconds: number) => ({ Type: 'Wait', Seconds: seconds, Next: 'Fold partitions' })
  return {
    Comment: 'Folds a read model anew, and lets it serve when it is current',
    StartAt: 'Prepare',
    TimeoutSeconds: 86_400,
    States: {
      Prepare: task({
        Parameters: { action: 'prepare', ...both },
        ResultPath: '$.prepared',
        Next: 'Is there something to fold?',
      }),
      'Is there something to fold?': {
        Type: 'Choice',
        Choices: [when('$.prepared.outcome', 'prepared', 'Fold partitions')],
        Default: 'Done',
      },
      'Fold partitions': {
        Type: 'Map',
        ItemsPath: '$.prepared.partitions',
        ItemSelector: { ...both, 'partition.$': '$$.Map.Item.Value' },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Fold',
          States: {
            Fold: task({
              Parameters: { action: 'fold', ...both, 'partition.$': '$.partition' },
              ResultPath: '$.folded',
              Next: 'Is it caught up?',
            }),
            'Is it caught up?': {
              Type: 'Choice',
              Choices: [when('$.folded.outcome', 'more', 'Fold')],
              Default: 'Caught up',
            },
            'Caught up': { Type: 'Succeed' },
          },
        },
        ResultPath: null,
        Next: 'Switch',
      },
      Switch: task({ Parameters: { action: 'switch', ...both }, ResultPath: '$.switched', Next: 'Does it serve?' }),
      'Does it serve?': {
        Type: 'Choice',
        Choices: [
          when('$.switched.outcome', 'behind', 'Wait for the rest'),
          when('$.switched.outcome', 'blocked', 'Wait for an operator'),
        ],
        Default: 'Done',
      },
      'Wait for the rest': wait(waitSeconds.behind),
      'Wait for an operator': wait(waitSeconds.blocked),
      Done: { Type: 'Succeed' },
    },
  }
}
