import type { AnyProjection, App } from '../../definitions/index.ts'
import { OperationRefused } from '../operations.ts'
import type { Reader } from '../reader.ts'
import type { DocumentPage, DocumentQuery } from './explorer.ts'

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
    const projection = this.projection(name)
    const isName = id.isWellFormed() && !id.includes('\0')
    const { document } = isName ? await this.#services.reader.get(projection, id) : { document: undefined }
    if (document === undefined) throw new OperationRefused('not-found', 'There is no such document.')
    return document
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
