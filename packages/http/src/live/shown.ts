import { createHash } from 'node:crypto'

/** What a live query shows at a moment: documents in order, by id, each as JSON. */
export interface Shown {
  readonly documents: ReadonlyMap<string, string>
  /** Names this state: who has it is sent nothing. */
  readonly tag: string
}

/** A change from one state to another. */
export interface Difference {
  /** Documents that are new or other than before, as JSON. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** All ids in their order; undefined where that follows from the rest: nothing came, went or moved. */
  readonly order: readonly string[] | undefined
}

/** @param documents in order; each has an `id` */
export function shownOf(documents: readonly unknown[]): Shown {
  const entries = documents.map((document) => [(document as { id: string }).id, JSON.stringify(document)] as const)
  const hash = createHash('sha1')
  for (const [id, json] of entries) hash.update(`${id}\n${json}\n`)
  return { documents: new Map(entries), tag: hash.digest('base64url').slice(0, 16) }
}

export function differenceOf(before: Shown, now: Shown): Difference {
  const changed = [...now.documents].filter(([id, json]) => before.documents.get(id) !== json).map(([, json]) => json)
  const removed = [...before.documents.keys()].filter((id) => !now.documents.has(id))
  const order = [...now.documents.keys()]
  const isSame = order.join('\n') === [...before.documents.keys()].join('\n')
  return { changed, removed, order: isSame ? undefined : order }
}
