import type { EventBus } from 'weir'
import { EngineError } from 'weir/ports'
import type { OnDemand } from 'weir/runtime'
import { parseConsumer } from '../../contract/index.ts'
import type { Application } from '../setup/application.ts'
import { required } from '../setup/environment.ts'
import type { Settings } from '../setup/options.ts'
import { Queues } from '../setup/queues.ts'
import { startOnDemand } from '../setup/runtimes.ts'

/** A projection or policy, and what works for it. */
export interface Consumer {
  readonly app: string
  readonly name: string
  readonly onDemand: OnDemand
  /** Into how many lanes the streams of its application are divided. */
  readonly lanes: number
  readonly queues: Queues
  /** What the URLs of queues begin with. */
  readonly queuePlace: string
}

/**
 * Starts the application of the consumer that the environment names.
 *
 * @param bus where public events go
 * @throws EngineError or DefinitionError when it cannot be started
 */
export async function startConsumer(application: Application, settings: Settings, bus?: EventBus): Promise<Consumer> {
  const { app, name } = parseConsumer(settings.environment.WEIR_CONSUMER)
  const queuePlace = required(settings.environment, 'WEIR_QUEUES')
  const running = await startOnDemand(application, settings, bus)
  const own = running.find((each) => each.app.name === app)
  if (!own) throw new EngineError(`WEIR_CONSUMER is of '${app}', but WEIR_APPS does not name that application.`)
  return { app, name, onDemand: own.onDemand, lanes: own.partitions, queues: new Queues(), queuePlace }
}
