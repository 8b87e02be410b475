/** A document in a list. */
export interface DocumentRow extends Readonly<Record<string, unknown>> {
  readonly id: string
}

const most = 5

/** Fields that say most about documents in a table: those that hold text, numbers or truths, in the order they have. */
export function columnsOf(documents: readonly DocumentRow[]): string[] {
  const fields = documents
    .slice(0, 50)
    .flatMap((document) => Object.keys(document).filter((key) => isShort(document[key])))
  return [...new Set(fields)].filter((key) => key !== 'id').slice(0, most)
}

/** What stands in a cell. */
export function textIn(document: DocumentRow, column: string): string {
  const value = document[column]
  return isShort(value) ? String(value) : ''
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
