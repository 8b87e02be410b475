import { anyDocument, documentHistory } from './explorer-schemas.ts'
import { appRoute, type OpsRoute, type TurnedPage } from './operation.ts'
import { pageQuery } from './page.ts'

const DOCUMENTS = '/projections/:projection/documents'

const answer = { name: 'Document', schema: anyDocument }

/** What read models hold. */
export const documentRoutes: readonly OpsRoute[] = [
  appRoute({
    method: 'GET',
    path: DOCUMENTS,
    id: 'listDocuments',
    summary: 'Documents of a read model, by id',
    query: pageQuery,
    answer,
    list: { turned: true },
    run: async (operations, { parameter, query }) => {
      const { documents, next } = await operations.documents(parameter('projection'), query)
      return { items: documents, next: next === undefined ? undefined : { cursor: next } } satisfies TurnedPage
    },
  }),
  appRoute({
    method: 'GET',
    path: `${DOCUMENTS}/:id`,
    id: 'getDocument',
    summary: 'A document as it is now',
    answer,
    run: (operations, { parameter }) => operations.document(parameter('projection'), parameter('id')),
  }),
  appRoute({
    method: 'GET',
    path: `${DOCUMENTS}/:id/history`,
    id: 'getDocumentHistory',
    summary: 'A document after each event that it was made from',
    description:
      'Folds the stream that created it, and those whose id is its own or stands in it as text, with the definition that runs. At most 10,000 events are read, and the last 1,000 steps shown.',
    answer: { name: 'DocumentHistory', schema: documentHistory },
    run: (operations, { parameter }) => operations.documentHistory(parameter('projection'), parameter('id')),
  }),
]
