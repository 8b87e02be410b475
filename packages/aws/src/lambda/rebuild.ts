import type { Context } from 'aws-lambda'
import { EngineError } from 'weir/ports'
import type { FoldOutput, PrepareOutput, RebuildTask, SwitchOutput } from '../contract/index.ts'
import type { Application } from './setup/application.ts'
import { deadlineWithin } from './setup/deadline.ts'
import { once } from './setup/once.ts'
import { type FunctionOptions, settingsOf } from './setup/options.ts'
import { type RunningOnDemand, startOnDemand } from './setup/runtimes.ts'

/** What does the tasks of the state machine. */
export type RebuildHandler = (
  task: RebuildTask,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<PrepareOutput | FoldOutput | SwitchOutput>

/**
 * The handler of the function `rebuild`: the tasks of the state machine that folds a projection anew (G9). What fails is
 * thrown: the state machine tries again.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = rebuild(application)
 */
export function rebuild(application: Application, options: FunctionOptions = {}): RebuildHandler {
  const settings = settingsOf(options)
  const started = once(() => startOnDemand(application, settings))
  return async (task, context) => {
    const deadline = deadlineWithin(context)
    const { onDemand } = runningOf(await started(), task.app)
    switch (task.action) {
      case 'prepare': {
        const prepared = await onDemand.prepare(task.projection)
        return { partitions: [], ...prepared }
      }
      case 'fold':
        return { outcome: await onDemand.foldRebuild(task.projection, task.partition, { deadline }) }
      case 'switch':
        return { outcome: await onDemand.switchOver(task.projection, { deadline }) }
    }
  }
}

function runningOf(running: readonly RunningOnDemand[], name: string): RunningOnDemand {
  const found = running.find(({ app }) => app.name === name)
  if (found) return found
  throw new EngineError(`This stack has no application '${name}'. Start the execution with one of its own.`)
}
