import type { AnyProjection, App } from '../../definitions/index.ts'
import { OperationRefused } from '../operations.ts'
import type { Reader } from '../reader.ts'
import type { DocumentPage, DocumentQuery } from './explorer.ts'
import { isStorable } from './storable.ts'

export interface DocumentExplorerServices {
  readonly app: App
  readonly reader: Reader
}

/** Looks into read models, as they are served. */
export class DocumentExplorer {
  readonly #services: DocumentExplorerServices

  constructor(services: DocumentExplorerServices) {
    this.#services = services
  }

  async documents(name: string, { limit, cursor }: DocumentQuery): Promise<DocumentPage> {
    const options = { limit, ...(cursor !== undefined && { cursor }) }
    const { documents, next } = await this.#services.reader.list(this.projection(name), options)
    return { documents, next }
  }

  /** @throws OperationRefused when it is not there */
  async document(name: string, id: string): Promise<unknown> {
    const { document } = await this.#services.reader.get(this.projection(name), this.named(id))
    if (document === undefined) throw noSuchDocument()
    return document
  }

  /** @throws OperationRefused when no document can have this id */
  named(id: string): string {
    if (!isStorable(id)) throw noSuchDocument()
    return id
  }

  /** @throws OperationRefused when the application has no such projection */
  projection(name: string): AnyProjection {
    const { projections } = this.#services.app
    const found = projections.find((each) => each.name === name)
    if (found) return found
    const known = projections.map((each) => each.name).join(', ') || 'none'
    throw new OperationRefused('unknown-consumer', `There is no projection '${name}'; these are there: ${known}.`)
  }
}

export function noSuchDocument(): OperationRefused {
  return new OperationRefused('not-found', 'There is no such document.')
}
