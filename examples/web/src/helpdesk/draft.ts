import { keptInTab } from '../lib/kept.ts'
import { type Content, priorities } from './words.ts'

const KEPT = 'weir-helpdesk-draft'

type Draft = Omit<Content, 'status'>

const blank: Draft = { title: '', description: '', priority: 'normal' }

/** A ticket that is half written: it is there again for who comes back to it, until the tab is closed. */
export const draft = {
  read(): Draft {
    const [priority, title = '', ...description] = (keptInTab.get(KEPT) ?? '').split('\n')
    const { value } = priorities.find((known) => known.value === priority) ?? { value: blank.priority }
    return { title, description: description.join('\n'), priority: value }
  },

  keep({ title, description, priority }: Draft): void {
    keptInTab.set(KEPT, `${priority}\n${title}\n${description}`)
  },

  /** @returns the blank one */
  forget(): Draft {
    keptInTab.set(KEPT, undefined)
    return { ...blank }
  },
}
