/** What has just happened, told at the edge of the page for a while. */

export interface Notice {
  readonly id: number
  readonly text: string
  readonly level: 'ok' | 'bad'
}

const shownFor = 6000

export const notices: { all: readonly Notice[] } = $state({ all: [] })

let last = 0

/** Tells what has happened; a failure stays until it is closed. */
export function tell(text: string, level: Notice['level'] = 'ok'): void {
  last += 1
  const id = last
  notices.all = [...notices.all.slice(-3), { id, text, level }]
  if (level === 'ok') setTimeout(() => forget(id), shownFor)
}

export function forget(id: number): void {
  notices.all = notices.all.filter((notice) => notice.id !== id)
}
