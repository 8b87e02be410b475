/** What has just happened, told at the edge of the page for a while. */

export interface Notice {
  readonly id: number
  readonly text: string
  readonly level: 'ok' | 'bad'
  /** What it is about, if something else may become of that. */
  readonly about: string | undefined
}

const shownFor = 6000

export const notices: { all: readonly Notice[] } = $state({ all: [] })

let last = 0

/**
 * Tells what has happened; a failure stays until it is closed, or its place is left.
 *
 * @param about what was told of the same before is forgotten
 */
export function tell(text: string, level: Notice['level'] = 'ok', about?: string): void {
  last += 1
  const id = last
  const others = notices.all.filter((notice) => about === undefined || notice.about !== about)
  notices.all = [...others.slice(-3), { id, text, level, about }]
  if (level === 'ok') setTimeout(() => forget(id), shownFor)
}

export function forget(id: number): void {
  notices.all = notices.all.filter((notice) => notice.id !== id)
}

/** Forgets what failed in a place, when that is left. */
export function forgetFailures(): void {
  notices.all = notices.all.filter(({ level }) => level === 'ok')
}
