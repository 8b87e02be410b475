import type { ServerSentEvent } from './server-sent-events.ts'

interface Document {
  readonly id: string
}

interface Change {
  /** Documents that are new in the page or other than before. */
  readonly changed: readonly Document[]
  /** All ids in order, if any came, went or moved. */
  readonly order?: readonly string[]
}

/** What is shown after an event. Documents that have not changed stay the same objects. */
export function stateAfter(state: unknown, { event, data }: ServerSentEvent): unknown {
  const told: unknown = JSON.parse(data)
  return event === 'change' ? changedList(state as readonly Document[], told as Change) : told
}

function changedList(list: readonly Document[], { changed, order }: Change): readonly Document[] {
  const byId = new Map(list.map((document) => [document.id, document]))
  for (const document of changed) byId.set(document.id, document)
  return (order ?? list.map(({ id }) => id)).flatMap((id) => byId.get(id) ?? [])
}
