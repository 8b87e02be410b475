import type { App } from '../../definitions/index.ts'
import type { EventStore } from '../../ports/index.ts'
import type { Reader } from '../reader.ts'
import type { StateStore } from '../state-store.ts'
import { DocumentExplorer } from './document-explorer.ts'
import type { Explorer } from './explorer.ts'
import { stateAt } from './state-explorer.ts'
import { StreamExplorer } from './stream-explorer.ts'
import type { Tail } from './tail.ts'

export interface ExplorerServices {
  readonly app: App
  readonly events: EventStore
  readonly states: StateStore
  readonly reader: Reader
  readonly tail: Tail
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>
}

/** What can be looked into, put together from the parts of a running application. */
export function explorerOf(services: ExplorerServices): Explorer {
  const streams = new StreamExplorer(services)
  const documents = new DocumentExplorer(services)
  return {
    streams: (query) => streams.streams(query),
    stream: (name) => streams.stream(name),
    streamEvents: (stream, query) => streams.events(stream, query),
    stateAt: (stream, version) => stateAt(stream, version, { ...services, streams }),
    documents: (projection, query) => documents.documents(projection, query),
    tail: (filter, place, onItem) => services.tail.join(filter, place, onItem),
    document: async (projection, id) => documents.document(projection, id),
  }
}
