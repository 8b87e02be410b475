import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { EngineError } from 'weir/ports'
import type { RebuildInput } from '../../contract/index.ts'
import { type Environment, required } from '../setup/environment.ts'

/**
 * Starts the state machine that rebuilds a projection. Started twice for one rebuild, the second execution finds what the
 * first has done.
 *
 * @throws EngineError when the environment names no state machine, or it cannot be started
 */
export async function startRebuild(environment: Environment, input: RebuildInput): Promise<void> {
  const stateMachineArn = required(environment, 'STATE_MACHINE_ARN')
  const client = new SFNClient()
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }))
  } catch (error) {
    const why = `The rebuild of ${input.projection} of ${input.app} cannot be started: ${(error as Error).message}`
    const what = `Start the state machine ${stateMachineArn} with ${JSON.stringify(input)}`
    throw new EngineError(`${why}. ${what}.`, { cause: error })
  } finally {
    client.destroy()
  }
}
