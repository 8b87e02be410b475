import type { AnyProjection, App } from '../../definitions/index.ts'
import type { EventStore, Generation, ReadModelStore } from '../../ports/index.ts'
import type { OperatedPolicy } from '../operations-of.ts'
import type { Reader } from '../reader.ts'
import type { StateStore } from '../state-store.ts'
import { causation } from './causation.ts'
import { DocumentExplorer } from './document-explorer.ts'
import { documentHistory } from './document-history.ts'
import type { Explorer } from './explorer.ts'
import { stateAt } from './state-explorer.ts'
import { StreamExplorer } from './stream-explorer.ts'
import type { Tail } from './tail.ts'

export interface ExplorerServices {
  readonly app: App
  readonly events: EventStore
  readonly states: StateStore
  readonly reader: Reader
  readonly policies: readonly OperatedPolicy[]
  readonly readModels: ReadModelStore
  /** The generation of a projection that is read. */
  readonly generationOf: (projection: AnyProjection) => Promise<Generation>
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
    documentHistory: async (projection, id) =>
      documentHistory(documents.projection(projection), documents.named(id), { ...services, streams }),
    causation: async (stream, version) => {
      await streams.stream(stream)
      return causation({ stream, version }, services)
    },
    tail: (filter, place, onItem) => services.tail.join(filter, place, onItem),
    document: async (projection, id) => documents.document(projection, id),
  }
}
