import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import type { RebuildInput } from '../../contract/index.ts'
import { type Environment, required } from '../setup/environment.ts'

/**
 * Starts the state machine that rebuilds a projection. Started twice for one rebuild, the second execution finds what the
 * first has done.
 *
 * @throws EngineError when the environment names no state machine
 */
export async function startRebuild(environment: Environment, input: RebuildInput): Promise<void> {
  const stateMachineArn = required(environment, 'STATE_MACHINE_ARN')
  const client = new SFNClient()
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }))
  } finally {
    client.destroy()
  }
}
