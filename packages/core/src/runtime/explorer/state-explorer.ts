import type { App } from '../../definitions/index.ts'
import { fromStore, messageOf, UndecodableEventError } from '../errors.ts'
import { OperationRefused } from '../operations.ts'
import type { StateStore } from '../state-store.ts'
import { parseStream } from '../stream-name.ts'
import type { StateAt } from './explorer.ts'
import { shownState } from './shown-state.ts'
import type { StreamExplorer } from './stream-explorer.ts'

export interface StateExplorerServices {
  readonly app: App
  readonly states: StateStore
  readonly streams: StreamExplorer
}

/**
 * The state of an aggregate at a version of its stream; at the newest if none is named.
 *
 * @throws OperationRefused when the stream is not there, has not come so far, or cannot be folded
 */
export async function stateAt(
  stream: string,
  version: number | undefined,
  { app, states, streams }: StateExplorerServices,
): Promise<StateAt> {
  const head = await streams.stream(stream)
  const wanted = version ?? head.version
  if (wanted > head.version) {
    throw new OperationRefused('not-found', `The stream has no version ${wanted} yet: it is at ${head.version}.`)
  }
  const { aggregate: name } = parseStream(stream)
  const aggregate = app.aggregates.find((each) => each.name === name)
  if (!aggregate) {
    throw new OperationRefused(
      'not-possible',
      `The application has no aggregate '${name}' any more, so it has no state.`,
    )
  }
  try {
    const { state } = await fromStore(states.load(aggregate, stream, wanted))
    return { version: wanted, state: shownState(state) }
  } catch (error) {
    if (!(error instanceof UndecodableEventError || error instanceof TypeError)) throw error
    throw new OperationRefused('not-possible', `The state cannot be shown: ${messageOf(error)}`)
  }
}
