import type { Ticket, TicketHistory } from '../lib/apis.ts'
import { type Content, type Field, fields, titleOf } from './words.ts'

/** A field that got another value. */
interface Difference {
  readonly field: Field
  readonly title: string
  readonly from: string
  readonly to: string
}

/** One thing that happened to a ticket. */
export interface Entry {
  readonly version: number
  readonly at: string
  readonly isOpening: boolean
  readonly differences: readonly Difference[]
}

/** What happened, the newest first, with what was there before. */
export function entriesOf({ entries }: Pick<TicketHistory, 'entries'>): readonly Entry[] {
  let before: Partial<Content> = {}
  const told = entries.map(({ version, at, changes }): Entry => {
    const entry = {
      version,
      at,
      isOpening: version === 1,
      differences: version === 1 ? [] : differences(before, changes),
    }
    before = { ...before, ...changes }
    return entry
  })
  return told.toReversed()
}

/** The ticket that all this has led to: one live query shows both, which never disagree. */
export function ticketOf({ id, entries }: TicketHistory): Ticket {
  const blank: Content = { title: '', description: '', priority: 'normal', status: 'open' }
  const content: Content = Object.assign(blank, ...entries.map(({ changes }) => changes))
  return { id, ...content, createdAt: entries.at(0)?.at ?? '', updatedAt: entries.at(-1)?.at ?? '' }
}

function differences(before: Partial<Content>, changes: Partial<Content>): Difference[] {
  return fields.flatMap(({ name, title }) => {
    const to = changes[name]
    return to === undefined ? [] : [{ field: name, title, from: titleOf(before[name] ?? ''), to: titleOf(to) }]
  })
}
