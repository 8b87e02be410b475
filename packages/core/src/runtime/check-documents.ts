import type { Generation, ReadModelStore, StoredDocument } from '../ports/index.ts'

const DOCUMENTS_IN_A_PAGE = 1000

/** All live documents of a generation, by id. */
export async function* documentsOf(readModels: ReadModelStore, generation: Generation): AsyncGenerator<StoredDocument> {
  let after: { value: null; id: string } | undefined
  for (let more = true; more; ) {
    const query = { filters: [], sort: undefined, limit: DOCUMENTS_IN_A_PAGE, after }
    const page = await readModels.list(generation, query)
    yield* page.documents
    const last = page.documents.at(-1)
    after = last && { value: null, id: last.id }
    more = page.more
  }
}
